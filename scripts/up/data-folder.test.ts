import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeDataFolder } from './data-folder.ts';
import { openInstallation } from './installation.ts';
import { startOf } from './process-table.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'longwire-folder-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('a folder that is taken is refused, naming who has it, until it is released', async () => {
  const folder = await takeDataFolder(dir);
  await expect(takeDataFolder(dir)).rejects.toThrow(`${dir} is in use by another up (pid ${process.pid})`);
  folder.release();
  folder.release();
  (await takeDataFolder(dir)).release();
});

test('a lock whose process has gone, or whose pid is another process now, is taken over', async () => {
  for (const holder of [
    { pid: 2 ** 22 + 1, start: '1', stopping: false },
    { pid: process.pid, start: 'of another process', stopping: false },
  ]) {
    writeFileSync(join(dir, 'lock'), JSON.stringify(holder));
    (await takeDataFolder(dir)).release();
  }
  expect(readdirSync(dir)).toEqual([]);
});

test('a folder whose holder is stopping is waited for', async () => {
  const folder = await takeDataFolder(dir);
  folder.announceStop();
  const next = takeDataFolder(dir);
  folder.release();
  (await next).release();
});

test('this process is known by when it started, and one that is not there by nothing', () => {
  expect(startOf(process.pid)).toMatch(/^\d+$/);
  expect(startOf(2 ** 22 + 1)).toBeUndefined();
});

test('secrets and credentials are made once and kept, and so is the bus', () => {
  const made = openInstallation(dir, undefined);
  expect(made.bus).toBe('redis');
  expect(openInstallation(dir, undefined)).toEqual(made);
  expect(openInstallation(dir, 'redis')).toEqual(made);
  expect(() => openInstallation(dir, 'kafka')).toThrow('belongs to bus redis');
});

test('a folder of before there was Web Push gets its keys once, and keeps all else', () => {
  const { webPush, ...before } = openInstallation(dir, undefined);
  expect([webPush.publicKey, webPush.privateKey].map((key) => Buffer.from(key, 'base64url').length)).toEqual([65, 32]);
  writeFileSync(join(dir, 'installation.json'), JSON.stringify(before));
  const after = openInstallation(dir, undefined);
  expect(after).toEqual({ ...before, webPush: expect.objectContaining({ publicKey: expect.any(String) }) });
  expect(openInstallation(dir, undefined)).toEqual(after);
});
