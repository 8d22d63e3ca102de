import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, inject, test } from 'vitest';
import { command } from '../../../services/user-redis/store.ts';
import { instanceOn } from './fixtures.ts';

const commands = 200;
const valueBytes = 20_000;

test('commands that are answered go with the young generation, with their arguments and replies', async () => {
  const { store, prefix } = await instanceOn(inject('redisUrl'));
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'minor' | 'major' }) => void;
  const oldBytes = (): number =>
    getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')!.space_used_size;
  const key = `${prefix}:{one}:value`;
  collect({ type: 'major' });
  const before = oldBytes();
  for (let number = 0; number < commands; number++) {
    await store.run([command('SET', key, `${number} `.padEnd(valueBytes, 'x'))]);
    await store.run([command('GET', key)]);
    // What is alive twice is moved to the old generation.
    if (number % 10 === 9) {
      collect({ type: 'minor' });
      collect({ type: 'minor' });
    }
  }
  expect(oldBytes() - before).toBeLessThan((commands * valueBytes) / 4);
});
