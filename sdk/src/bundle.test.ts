import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { waitFor } from '../../test/rigs/process.ts';
import { bundleForBrowsers, bundleForWorkers } from '../build.ts';

const dir = mkdtempSync(join(tmpdir(), 'longwire-bundle-'));
const file = join(dir, 'longwire.browser.js');
const worker = join(dir, 'longwire.service-worker.js');
let sizes: { bytes: number; gzipBytes: number };
beforeAll(async () => {
  sizes = await bundleForBrowsers(file);
  await bundleForWorkers(worker);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('the browser bundle', () => {
  it('imports nothing and has nothing of Node', () => {
    const code = readFileSync(file, 'utf8');
    expect(code).not.toMatch(/\bimport\b|\brequire\s*\(|node:|\bprocess\.|\bBuffer\b/);
  });

  it('exports what an app needs, and can be loaded', async () => {
    const loaded = (await import(file)) as Record<string, unknown>;
    expect(Object.keys(loaded).sort()).toEqual(['DeviceError', 'connect', 'localStorageStorage', 'memoryStorage']);
  });

  it('stays as small as the README says', () => {
    const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
    expect(readme).toContain('at most 8,192 bytes gzipped');
    expect(sizes.gzipBytes).toBeLessThanOrEqual(8_192);
  });
});

/** Calls that Safari 14 or Chrome 80 doesn't have, that this Node has, and that no type of ours would keep out. */
const younger = [
  ...['structuredClone', 'WeakRef', 'FinalizationRegistry', 'AggregateError', 'Iterator', 'SuppressedError'],
  ...['Object.hasOwn', 'Object.groupBy', 'Map.groupBy', 'Array.fromAsync', 'Promise.any', 'Promise.try'],
  ...['Promise.withResolvers', 'URL.canParse', 'URL.parse', 'AbortSignal.timeout', 'AbortSignal.any'],
  ...['crypto.randomUUID', 'RegExp.escape', 'Error.isError'],
  ...['at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced', 'with'].map(
    (name) => `Array.prototype.${name}`,
  ),
  ...['at', 'replaceAll', 'isWellFormed', 'toWellFormed'].map((name) => `String.prototype.${name}`),
  ...['union', 'intersection', 'difference', 'isSubsetOf'].map((name) => `Set.prototype.${name}`),
];

describe('the oldest browsers', () => {
  it.each([
    ['browser', file],
    ['service worker', worker],
  ])('know the syntax of the %s bundle, which is ES2020', async (_, path) => {
    const code = readFileSync(path, 'utf8');
    const as = async (target: string) => (await transform(code, { target, minifyWhitespace: true })).code;
    expect(await as('es2020')).toBe(await as('esnext'));
  });

  it('know the language’s calls: the SDK compiles against the library of ES2020', () => {
    const root = join(import.meta.dirname, '..');
    const tsc = join(root, '../node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.targets.json')]);
  }, 60_000);

  it('run the bundle: it registers, gets, acknowledges, reports and comes back without a younger call', async () => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    const heard: string[] = [];
    server.on('connection', (peer) => {
      peer.on('message', (data) => {
        const frame = JSON.parse(String(data)) as { t: string; rid?: string };
        heard.push(frame.t);
        const say = (answer: object): void => peer.send(JSON.stringify(answer));
        if (frame.t === 'register') say({ t: 'registered', cid: 'c'.repeat(32), token: 'token' });
        if (frame.t === 'login') {
          say({ t: 'welcome', session: 's', heartbeat: 60, serverTime: Date.now(), window: 32, bseq: 0 });
          say({ t: 'push', id: 'm1', task: 't', seq: 1, at: 1, exp: 2, transmission: 'hello' });
        }
        if (frame.rid !== undefined) say({ t: 'ok', rid: frame.rid });
        if (frame.t === 'alias' && heard.filter((t) => t === 'login').length === 1) peer.close(4503);
        if (frame.t === 'logout') peer.close(1000);
      });
    });
    const script = join(dir, 'script.js');
    await bundleForBrowsers(script, 'index', { format: 'iife', globalName: 'longwire' });
    const page: Record<string, unknown> = {
      ...{ WebSocket, URL, AbortSignal, TextEncoder, performance, setTimeout, clearTimeout, console },
      crypto: {
        subtle: crypto.subtle,
        getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes),
      },
    };
    createContext(page);
    // Those that are this process's own are hidden behind stand-ins without statics.
    runInContext('URL = function () {}; AbortSignal = function () {};', page);
    for (const path of younger)
      runInContext(`try { delete ${/^[A-Z]\w+$|^struct/.test(path) ? `globalThis.${path}` : path}; } catch {}`, page);
    for (const path of younger) {
      const name = path.includes('.') ? path : `globalThis.${path}`;
      expect(runInContext(`typeof ${name}`, page), path).toBe('undefined');
    }
    runInContext(readFileSync(script, 'utf8'), page);
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/sdk/v1`;
    runInContext(
      `
      got = []; faults = []; ended = false;
      device = longwire.connect({
        url: ${JSON.stringify(url)}, appId: 'app', appSecret: 'secret', storage: longwire.memoryStorage(),
        tuning: { reconnectMinMs: 1, reconnectMaxMs: 5 },
        onPush: (push) => { got.push(push.id); device.event(push, 'shown'); },
        onError: (error) => faults.push(String(error)),
      });
      `,
      page,
    );
    const state = () => runInContext('device.state', page) as string;
    await waitFor('it is online', () => state() === 'online');
    runInContext(`device.bindAlias('me').catch(() => {}); device.setTags(['a']).catch(() => {})`, page);
    await waitFor('it is back', () => heard.filter((t) => t === 'login').length === 2 && state() === 'online');
    await runInContext('device.logout()', page);
    expect(runInContext('JSON.stringify([got, faults])', page)).toBe('[["m1"],[]]');
    expect(heard).toEqual(expect.arrayContaining(['register', 'login', 'ack', 'event', 'alias', 'tags', 'logout']));
    server.close();
  });
});
