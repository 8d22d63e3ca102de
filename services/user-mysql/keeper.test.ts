import { pino } from 'pino';
import { expect, test } from 'vitest';
import { waitFor } from '../../test/rigs/process.ts';
import { LongwireError } from '../common/errors.ts';
import { Keeper } from './keeper.ts';

const log = pino({ level: 'silent' });

test('a round that fails comes again, and one that went well too', async () => {
  let rounds = 0;
  const keeper = new Keeper(
    async () => {
      if (++rounds === 1) throw new LongwireError('unavailable', 'away');
      return undefined;
    },
    { everyMs: 1, retryMs: 1 },
    log,
  );
  keeper.start();
  await waitFor('some rounds', () => rounds >= 4, 5_000, 1);
  await keeper.stop();
  const before = rounds;
  await keeper.stop();
  expect(rounds).toBe(before);
});

test('a stop waits for the round under way, which learns of it, and none comes after', async () => {
  let rounds = 0;
  const keeper: Keeper = new Keeper(
    async () => {
      rounds++;
      await waitFor('the stop', () => keeper.stopped, 5_000, 1);
      return {};
    },
    { everyMs: 0, retryMs: 0 },
    log,
  );
  keeper.start();
  expect(keeper.stopped).toBe(false);
  await keeper.stop();
  expect(rounds).toBe(1);
});
