import { expect, test } from 'vitest';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import { cidOf, migratedDatabase } from './fixtures.ts';

const job = { app: 'app1', task: 'RASA_1' };
const leaseMs = 10_000;

async function opened() {
  const { database } = await migratedDatabase();
  const clock = { now: 1_000 };
  const calls = createCalls(database, () => clock.now);
  await calls.openTagJob({ ...job, record: '{"a":"é"}' });
  const claim = async (owner: string) => (await calls.claimTagJobs({ owner, limit: 10, leaseMs })).jobs;
  const advance = async (owner: string, page: number, until: string | null) =>
    (await calls.advanceTagJob({ ...job, owner, page, until, leaseMs })).state;
  return { calls, clock, claim, advance };
}

test('a job is one owner’s until its lease runs out, and the next one goes on at its page', async () => {
  const { clock, claim, advance } = await opened();
  const begun = { ...job, record: '{"a":"é"}', page: 0, after: null, until: null };
  expect(await claim('a')).toEqual([begun]);
  expect(await claim('b')).toEqual([]);
  expect(await claim('a')).toEqual([begun]);
  expect(await advance('a', 0, cidOf(5))).toBe('ok');
  expect(await advance('a', 0, cidOf(5))).toBe('ok');
  expect(await advance('a', 1, cidOf(9))).toBe('ok');
  clock.now += leaseMs;
  expect(await claim('b')).toEqual([{ ...begun, page: 2, after: cidOf(5), until: cidOf(9) }]);
  expect(await advance('a', 2, null)).toBe('lost');
  expect(await advance('b', 1, cidOf(7))).toBe('lost');
  expect(await advance('b', 2, null)).toBe('ok');
});

test('of many who ask at once, one gets a job', async () => {
  const { claim } = await opened();
  const owners = Array.from({ length: 8 }, (_, index) => `o${index}`);
  const got = await Promise.all(owners.map(claim));
  expect(got.flat()).toHaveLength(1);
});

test('a job that is given up is anybody’s at once; one that has ended is nobody’s, also when it is opened again', async () => {
  const { calls, claim } = await opened();
  await claim('a');
  expect(await calls.holdTagJob({ ...job, owner: 'b', leaseMs })).toEqual({ state: 'lost' });
  expect(await calls.holdTagJob({ ...job, owner: 'a', leaseMs: 0 })).toEqual({ state: 'ok' });
  expect(await claim('b')).toHaveLength(1);
  await calls.finishTagJob({ ...job, owner: 'a' });
  expect(await calls.holdTagJob({ ...job, owner: 'b', leaseMs })).toEqual({ state: 'ok' });
  await calls.finishTagJob({ ...job, owner: 'b' });
  await calls.openTagJob({ ...job, record: '{}' });
  expect(await claim('c')).toEqual([]);
});

test('whoever has the job of a stopped task is told', async () => {
  const { calls, claim, advance } = await opened();
  await calls.saveTask({ ...job, kind: 'tag', at: 1, exp: 9, stored: true, content: '{}' });
  await claim('a');
  await calls.markStopped(job);
  expect(await calls.holdTagJob({ ...job, owner: 'a', leaseMs })).toEqual({ state: 'stopped' });
  expect(await advance('a', 0, null)).toBe('stopped');
});
