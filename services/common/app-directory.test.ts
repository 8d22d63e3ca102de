import { beforeEach, describe, expect, it } from 'vitest';
import { AppDirectory } from './app-directory.ts';
import { LongwireError } from './errors.ts';
import type { App } from './protocol/user-mysql-calls.ts';

const app: App = { appId: 'a', appKey: 'k', masterSecret: 'm', appSecret: 's', name: 'n', disabled: false };

describe('the app directory', () => {
  let now: number;
  let loads: string[];
  let answer: () => Promise<App | null>;
  let directory: AppDirectory;

  beforeEach(() => {
    now = 1_000_000;
    loads = [];
    answer = async () => app;
    const load = (appId: string) => {
      loads.push(appId);
      return answer();
    };
    directory = new AppDirectory({ load, now: () => now, ttlMs: 30_000 });
  });
  const away = () => Promise.reject(new LongwireError('unavailable', 'away'));

  it('says what it read last without a look-up, however old, and nothing of what it has not read', async () => {
    expect(directory.remembered('a')).toBeUndefined();
    await directory.find('a');
    now += 300_000;
    expect(directory.remembered('a')).toEqual(app);
    expect(loads).toEqual(['a']);
  });

  it('reads an app once in its time, also when many ask at once', async () => {
    const found = await Promise.all([directory.find('a'), directory.find('a'), directory.find('a')]);
    expect(found).toEqual([app, app, app]);
    now += 29_999;
    await directory.find('a');
    expect(loads).toHaveLength(1);
    now += 1;
    answer = async () => ({ ...app, disabled: true });
    expect((await directory.find('a'))?.disabled).toBe(true);
    expect(loads).toHaveLength(2);
  });

  it('takes an app to be missing for two seconds at most', async () => {
    answer = async () => null;
    expect(await directory.find('a')).toBeNull();
    expect(await directory.find('a')).toBeNull();
    expect(loads).toHaveLength(1);
    answer = async () => app;
    now += 2_000;
    expect(await directory.find('a')).toEqual(app);
  });

  it('serves what it remembers while apps cannot be read, and tries again every two seconds', async () => {
    await directory.find('a');
    answer = away;
    now += 86_400_000;
    expect(await directory.find('a')).toEqual(app);
    expect(await directory.find('a')).toEqual(app);
    expect(loads).toHaveLength(2);
    now += 2_000;
    answer = async () => null;
    expect(await directory.find('a')).toBeNull();
    answer = away;
    now += 2_000;
    await expect(directory.find('a')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('refuses an app it does not remember while apps cannot be read, and then reads it at once', async () => {
    answer = away;
    await expect(directory.find('a')).rejects.toMatchObject({ code: 'unavailable' });
    answer = async () => app;
    expect(await directory.find('a')).toEqual(app);
  });

  it('reads no more than 200 apps together', async () => {
    const { promise, resolve } = Promise.withResolvers<App>();
    answer = () => promise;
    const reads = Array.from({ length: 200 }, (_one, index) => directory.find(`a${index}`));
    await expect(directory.find('one-more')).rejects.toMatchObject({ code: 'overloaded' });
    resolve(app);
    expect(await Promise.all(reads)).toHaveLength(200);
    expect(await directory.find('one-more')).toEqual(app);
  });
});
