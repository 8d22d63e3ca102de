import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { restCodes } from '../../common/protocol/rest/codes.ts';
import { apiDocument, failuresOf } from './api-document.ts';
import { endpoints } from './endpoints.ts';

const ajv = new Ajv2020({ allowUnionTypes: true, allErrors: true });

describe('the API document', () => {
  it('is OpenAPI 3.1 by its meta-schema, and names every call once', async () => {
    const document = JSON.parse(JSON.stringify(apiDocument(endpoints)));
    expect(await new Validator().validate(document)).toMatchObject({ valid: true });
    const { paths: _left, ...without } = document;
    expect(await new Validator().validate({ ...without, paths: { x: { get: 1 } } })).toMatchObject({ valid: false });
    const operations = Object.values<Record<string, { operationId: string }>>(document.paths).flatMap(Object.values);
    const named = operations.map(({ operationId }) => operationId);
    expect(named.sort()).toEqual(endpoints.map(({ name }) => name).sort());
    expect(new Set(named).size).toBe(named.length);
  });

  it('says of every call how it may fail, each code at its HTTP status', () => {
    for (const endpoint of endpoints) {
      const failures = failuresOf(endpoint);
      expect(new Set(failures).size).toBe(failures.length);
      const statuses = new Set(failures.map((kind) => restCodes[kind].status));
      expect([...statuses]).toEqual(expect.arrayContaining([400, 404, 405, 503]));
      expect(statuses.has(401)).toBe(true);
    }
  });
});

describe('the example of a call', () => {
  it.each(endpoints.map((endpoint) => [endpoint.name, endpoint] as const))('%s fits its schemas', (_name, endpoint) => {
    const { params, body, data, example } = endpoint;
    const schemas = Object.entries({ params, body, data }).filter(([, schema]) => schema !== undefined);
    expect(Object.keys(example).sort()).toEqual(schemas.map(([part]) => part).sort());
    for (const [part, schema] of schemas) {
      const fits = ajv.compile(schema!);
      fits(example[part as keyof typeof example]);
      expect([part, fits.errors]).toEqual([part, null]);
    }
  });

  it('is refused if it does not fit', () => {
    const { body, example } = endpoints.find(({ name }) => name === 'push_single_cid')!;
    expect(ajv.compile(body!)({ ...example.body, request_id: 'short' })).toBe(false);
  });
});
