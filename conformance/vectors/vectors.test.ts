import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TSchema } from 'typebox';
import { Errors } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { parseFrame as parseServerFrame } from '../../sdk/src/core/parse.ts';
import { signWith } from '../../sdk/src/edges/sign.ts';
import { parseFrame } from '../../services/cm/core/frames.ts';
import { clientFrames, serverFrames } from '../../services/common/protocol/device-frames.ts';
import { rules } from '../rules.ts';
import { vectorFiles } from './files.ts';
import { clientFrameVectors, serverFrameVectors } from './frames.ts';
import { type Frame, sequences } from './sequences.ts';
import { signatureVectors } from './signatures.ts';

const folder = join(import.meta.dirname, '../../test/vectors');

describe('test/vectors', () => {
  it('are current (node conformance/vectors/main.ts writes them)', () => {
    const kept = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
    expect(kept).toEqual(vectorFiles());
  });

  it('have frames of every kind, right and wrong', () => {
    const valid = clientFrameVectors().filter((vector) => vector.valid);
    for (const kind of Object.keys(clientFrames)) {
      expect(valid.some(({ text }) => JSON.parse(text).t === kind)).toBe(true);
    }
    expect(clientFrameVectors().filter((vector) => !vector.valid).length).toBeGreaterThan(80);
    const names = [...clientFrameVectors(), ...serverFrameVectors()].map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it.each(clientFrameVectors())('cm reads "$name" as it says', ({ text, valid, field }) => {
    const parsed = parseFrame(text);
    expect(parsed.ok).toBe(valid);
    if (!parsed.ok && field !== undefined) expect(parsed.fault).toMatch(new RegExp(`^${field.split('.')[0]}`));
  });

  it.each(serverFrameVectors())('the SDK reads "$name" as it says', ({ text, valid }) => {
    expect(parseServerFrame(text).frame !== undefined).toBe(valid);
  });

  it.each(signatureVectors())(
    'the SDK signs "$name" as it says',
    async ({ appSecret, appId, ts, nonce, text, sign }) => {
      expect(await signWith(appSecret)({ appId, ts, nonce, text })).toBe(sign);
    },
  );
});

describe('sequences', () => {
  const values: Record<string, unknown> = {
    $appId: 'demo',
    $ts: 1,
    $nonce: '5b0e7a94c1d2',
    $sign: 'f'.repeat(64),
    $cid: 'a'.repeat(32),
    $token: 'token',
  };
  /** Any value that fits. */
  const anything: Record<string, unknown> = { heartbeat: 1, serverTime: 1, window: 1, bseq: 0 };
  const whole = (frame: Frame): object =>
    Object.fromEntries(
      Object.entries(frame).map(([field, value]) => [
        field,
        value === '$any' ? (anything[field] ?? 'any') : (values[String(value)] ?? value),
      ]),
    );

  it.each(sequences)('"$name" has frames that fit, and rules of who it binds', ({ binds, rules: shown, steps }) => {
    for (const step of steps) {
      const frame = 'client' in step ? step.client : 'server' in step ? step.server : undefined;
      if (frame === undefined || frame.t === 'later') continue;
      const schemas: Record<string, TSchema> = 'client' in step ? clientFrames : serverFrames;
      expect([...Errors(schemas[frame.t]!, whole(frame))]).toEqual([]);
    }
    for (const id of shown) expect(rules.find((rule) => rule.id === id)?.side).toBe(binds);
  });
});
