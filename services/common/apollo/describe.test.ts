import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Type from 'typebox';
import { expect, onTestFinished, test } from 'vitest';
import { loadWithSources } from '../config.ts';
import { describeSettings } from './describe.ts';
import { LiveConfig } from './live-config.ts';

const Schema = Type.Object({
  host: Type.String({ default: 'here', description: 'Where' }),
  waitMs: Type.Integer({ default: 5, unit: 'ms', hot: true, description: 'How long' }),
  names: Type.Array(Type.String(), { default: ['a'], description: 'Which' }),
  password: Type.String({ secret: true, description: 'Word' }),
  key: Type.Optional(Type.String({ secret: true, description: 'None' })),
  cold: Type.Integer({ default: 1, description: 'At the start' }),
});

function described() {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-describe-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'c.json');
  writeFileSync(file, JSON.stringify({ host: 'file', names: ['b', 'c'] }));
  const env = { LONGWIRE_CONFIG: file, LONGWIRE_HOST: 'env', LONGWIRE_PASSWORD: 'not to be seen' };
  const { values, sources } = loadWithSources(Schema, env);
  const live = new LiveConfig(Schema, values, new Set());
  const told = () => describeSettings(Schema, live, sources);
  const of = (key: string) => told().keys.find((one) => one.key === key);
  return { live, told, of };
}
const release = (releaseKey: string, configurations: Record<string, string>) => [
  { namespace: 'im', release: { releaseKey, configurations } as never },
];

test('each key is told with where its value is from, and none that is secret', () => {
  const { told, of } = described();
  expect(of('host')).toMatchObject({ value: 'env', source: 'environment', hot: false });
  expect(of('names')).toMatchObject({ value: 'b,c', source: 'file' });
  expect(of('waitMs')).toMatchObject({ value: '5', source: 'default', hot: true, unit: 'ms' });
  expect(of('password')).toMatchObject({ value: '••••', source: 'environment', secret: true });
  expect(of('key')).toMatchObject({ value: null, source: 'default', secret: true });
  expect(JSON.stringify(told())).not.toContain('not to be seen');
  expect(told()).toMatchObject({ release: null, refused: [] });
});

test('what the config centre says is told as its own, with its release; what waits and what was refused too', () => {
  const { live, told, of } = described();
  live.begin(release('r1', { waitMs: '7' }), 'apollo');
  expect(of('waitMs')).toMatchObject({ value: '7', source: 'config centre' });
  expect(told().release).toBe('im=r1');
  live.offer(release('r2', { cold: '2' }));
  expect(of('waitMs')).toMatchObject({ value: '5', source: 'default' });
  expect(of('cold')).toMatchObject({ value: '1', source: 'default', pending: true });
  live.offer(release('r3', { waitMs: 'soon' }));
  expect(told()).toMatchObject({ release: 'im=r2' });
  expect(told().refused[0]).toContain('waitMs');
});
