import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type ConfigError, loadConfig } from '../../common/config.ts';
import { Config } from '../config.ts';
import { configKeys } from '../config-keys.ts';
import { readConfig } from './read-config.ts';

const dir = mkdtempSync(join(tmpdir(), 'longwire-agent-config-'));
afterAll(() => rmSync(dir, { recursive: true }));
const needed = { LONGWIRE_TARGET_ROLE: 'cm', LONGWIRE_REMOTE_WRITE_URL: 'http://main:9090/api/v1/write' };

/** What the loader of the roles makes of the same. */
function loaded(env: Record<string, string>, file?: { path: string; text: string }) {
  if (file) writeFileSync(file.path, file.text);
  try {
    return { config: loadConfig(Config, { ...env, ...(file && { LONGWIRE_CONFIG: file.path }) }) };
  } catch (error) {
    return { faults: (error as ConfigError).faults };
  }
}

test.each<[string, Record<string, string>, string?]>([
  ['nothing at all', {}],
  ['what it needs alone', needed],
  [
    'everything from the environment',
    {
      ...{
        ...needed,
        LONGWIRE_INSTANCE: 'cm-1',
        LONGWIRE_LOG_LEVEL: 'warn',
        LONGWIRE_HOST: '0.0.0.0',
        LONGWIRE_OPS_PORT: '0',
      },
      ...{ LONGWIRE_GRACE_MS: '100', LONGWIRE_REMOTE_WRITE_TOKEN: 'x', LONGWIRE_REMOTE_WRITE_USER: 'agents' },
      ...{ LONGWIRE_SCRAPE_MS: '1000', LONGWIRE_BUFFER_BYTES: '65536', LONGWIRE_PRODUCT_LINE: 'push' },
    },
  ],
  ['a role that there is not', { ...needed, LONGWIRE_TARGET_ROLE: 'console' }],
  ['numbers out of bounds', { ...needed, LONGWIRE_OPS_PORT: '65536', LONGWIRE_GRACE_MS: '99', LONGWIRE_PUSH_MS: '-1' }],
  ['numbers that are none', { ...needed, LONGWIRE_OPS_PORT: 'x', LONGWIRE_GRACE_MS: '1.5', LONGWIRE_PUSH_MS: '' }],
  ['texts that do not match', { ...needed, LONGWIRE_TARGET_URL: 'https://x/', LONGWIRE_REMOTE_WRITE_USER: 'a:b' }],
  [
    'texts that are too long or too short',
    { ...needed, LONGWIRE_INSTANCE: 'x'.repeat(65), LONGWIRE_REMOTE_WRITE_TOKEN: '' },
  ],
  [
    'a file under the environment',
    { LONGWIRE_SCRAPE_MS: '2000' },
    '{"targetRole":"im","remoteWriteUrl":"http://x/","scrapeMs":5000}',
  ],
  ['a file with faults', needed, '{"unknown":1,"scrapeMs":"5000","host":7}'],
  ['a file that is no object', needed, '[]'],
  ['a file that is no JSON', needed, '{'],
])('%s is read as the loader of the roles reads it', (_what, env, text) => {
  const file = text === undefined ? undefined : { path: join(dir, 'config.json'), text };
  const known = { LONGWIRE_INSTANCE: 'agent-1', ...env };
  expect(readConfig(configKeys, known, file)).toEqual(loaded(known, file));
});
