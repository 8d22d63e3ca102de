import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleForBrowsers } from '../build.ts';

const dir = mkdtempSync(join(tmpdir(), 'longwire-bundle-'));
const file = join(dir, 'longwire.browser.js');
let sizes: { bytes: number; gzipBytes: number };
beforeAll(async () => {
  sizes = await bundleForBrowsers(file);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('the browser bundle', () => {
  it('imports nothing and has nothing of Node', () => {
    const code = readFileSync(file, 'utf8');
    expect(code).not.toMatch(/\bimport\b|\brequire\s*\(|node:|\bprocess\.|\bBuffer\b/);
  });

  it('exports what an app needs, and can be loaded', async () => {
    const loaded = (await import(file)) as Record<string, unknown>;
    expect(Object.keys(loaded).sort()).toEqual([
      'DeviceError',
      'connect',
      'localStorageStorage',
      'memoryStorage',
      'subscribeWebPush',
    ]);
  });

  it('stays small', () => {
    expect(sizes.gzipBytes).toBeLessThan(10_240);
  });
});
