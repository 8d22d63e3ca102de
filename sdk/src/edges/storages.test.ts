import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeviceStorage, memoryStorage } from '../storage.ts';
import { storedDevice } from '../testing/device-rig.ts';
import { asyncStorage } from './async-storage.ts';
import { fileStorage } from './file-storage.ts';
import { localStorageStorage } from './local-storage.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'longwire-sdk-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** As much of the browser's storage as is used. */
class Area {
  items = new Map<string, string>();
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }
}

const area = new Area();

/** As much of React Native's AsyncStorage as is used: all of it in later turns. */
const asyncArea = {
  items: new Map<string, string>(),
  getItem: async (key: string) => asyncArea.items.get(key) ?? null,
  setItem: async (key: string, value: string) => {
    await new Promise((resolve) => setImmediate(resolve));
    asyncArea.items.set(key, value);
  },
};

const kinds: [string, () => DeviceStorage, () => DeviceStorage][] = [
  ['localStorage', () => localStorageStorage('one', area), () => localStorageStorage('two', area)],
  ['AsyncStorage', () => asyncStorage(asyncArea, 'one'), () => asyncStorage(asyncArea, 'two')],
  ['a file', () => fileStorage(join(dir, 'deep/one.json')), () => fileStorage(join(dir, 'deep/two.json'))],
];

describe.each(kinds)('storage in %s', (_, open, openOther) => {
  it('has nothing at first, then what was saved last, also when opened anew', async () => {
    const storage = open();
    expect(await storage.load()).toBeUndefined();
    await storage.save(storedDevice);
    await storage.save({ ...storedDevice, seq: 11, ids: ['a'] });
    expect(await open().load()).toEqual({ ...storedDevice, seq: 11, ids: ['a'] });
    expect(await openOther().load()).toBeUndefined();
  });
});

describe('storage in memory', () => {
  it('keeps what was saved last', async () => {
    const storage = memoryStorage();
    expect(await storage.load()).toBeUndefined();
    await storage.save(storedDevice);
    expect(await storage.load()).toEqual(storedDevice);
  });
});

describe('file storage', () => {
  it('keeps the token from other users, and leaves nothing beside the file', async () => {
    const folder = join(dir, 'private');
    await fileStorage(join(folder, 'device.json')).save(storedDevice);
    expect(await readdir(folder)).toEqual(['device.json']);
    expect((await stat(join(folder, 'device.json'))).mode & 0o777).toBe(0o600);
  });

  it('is not disturbed by a save that was cut off', async () => {
    const path = join(dir, 'cut.json');
    await fileStorage(path).save(storedDevice);
    await writeFile(`${path}.new`, '{"appId":"ap');
    expect(await fileStorage(path).load()).toEqual(storedDevice);
  });

  it('tells a spoilt file from a missing one', async () => {
    const path = join(dir, 'spoilt.json');
    await writeFile(path, '{"appId":');
    expect(await fileStorage(path).load()).toBe('{"appId":');
  });

  it('fails where it can not write', async () => {
    await writeFile(join(dir, 'taken'), '');
    await expect(fileStorage(join(dir, 'taken/device.json')).save(storedDevice)).rejects.toThrow();
  });
});
