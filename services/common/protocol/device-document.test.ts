import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import type { TSchema } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { deviceDocument } from './device-document.ts';
import { clientFrames, closeCodes, serverFrames } from './device-frames.ts';
import { clientExamples, serverExamples } from './frame-examples.ts';

const specification = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0.json') as object;
// The schema brings draft-07 along, which Ajv would have too.
const ajv = new Ajv({ strict: false, meta: false, validateSchema: false, validateFormats: false });
const isAsyncApi = ajv.compile(specification);
const document = JSON.parse(JSON.stringify(deviceDocument()));

describe('the document of the device protocol', () => {
  it('is AsyncAPI 3.0 by its schema, which refuses what is not', () => {
    isAsyncApi(document);
    expect(isAsyncApi.errors).toBeNull();
    expect(isAsyncApi({ ...document, operations: { ping: { action: 'answer' } } })).toBe(false);
  });

  it('has every frame and every close code, and each frame is in an operation', () => {
    const kinds = [...Object.keys(clientFrames), ...Object.keys(serverFrames)].sort();
    expect(Object.keys(document.components.messages).sort()).toEqual(kinds);
    const used = new Set(JSON.stringify(document.operations).match(/(?<=\/messages\/)\w+/g));
    expect([...used].sort()).toEqual(kinds);
    const codes = Object.keys(document.channels.device['x-close-codes']).map(Number);
    expect(codes.sort()).toEqual(Object.values(closeCodes).sort());
  });

  it('leads somewhere with each of its references', () => {
    const references = JSON.stringify(document).match(/(?<="\$ref":"#\/)[^"]+/g)!;
    expect(references.length).toBeGreaterThan(20);
    const lost = references.filter((path) => path.split('/').reduce((at, name) => at?.[name], document) === undefined);
    expect(lost).toEqual([]);
  });
});

describe('the examples of a frame', () => {
  const all: [string, TSchema, object[]][] = [
    ...Object.entries(clientFrames).map(([kind, schema]) => one(kind, schema, clientExamples)),
    ...Object.entries(serverFrames).map(([kind, schema]) => one(kind, schema, serverExamples)),
  ];

  it.each(all)('%s fit its definition', (kind, schema, examples) => {
    for (const frame of examples) {
      expect([...Errors(schema, frame)]).toEqual([]);
      expect(Check(schema, { ...frame, t: `no ${kind}` })).toBe(false);
    }
  });

  function one(kind: string, schema: TSchema, examples: Record<string, object[]>): [string, TSchema, object[]] {
    return [kind, schema, examples[kind]!];
  }
});
