import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { buildReference } from '../../sdk/reference-tool/build.ts';

const dir = mkdtempSync(join(tmpdir(), 'longwire-reference-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('the reference of the SDK is made of its comments, without a warning, for each entry that apps import', () => {
  buildReference(dir);
  expect(readdirSync(join(dir, 'modules')).sort()).toEqual(
    ['index', 'indexeddb', 'node', 'react-native', 'service-worker', 'tabs', 'web-push'].map((name) => `${name}.html`),
  );
  const connect = readFileSync(join(dir, 'functions/index.connect.html'), 'utf8');
  expect(connect).toContain('ConnectOptions');
  const device = readFileSync(join(dir, 'interfaces/index.Device.html'), 'utf8');
  for (const method of ['event', 'setTags', 'setChannelToken', 'logout'])
    expect(device).toContain(`id="${method.toLowerCase()}"`);
});
