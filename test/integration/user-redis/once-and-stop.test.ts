import { describe, expect, inject, test } from 'vitest';
import { ack, attach, enqueue, newCid, pull, readyInstance, recordOf, routeTo, seq, seqsOf } from './fixtures.ts';

const url = inject('redisUrl');

describe('a task that a device gets once', () => {
  const listOf = (offset: number, cids: string[], stored = true) =>
    recordOf(offset, cids, { id: `RASL_1/${offset}`, task: 'RASL_1', once: true, stored });

  test.each([true, false])(
    'does not come to it again at another position, acknowledged or not (stored: %s)',
    async (stored) => {
      const { calls } = await readyInstance(url);
      const cid = newCid();
      await attach(calls, cid, { route: routeTo(7) });
      const first = await enqueue(calls, listOf(1, [cid], stored));
      expect(first.results).toEqual([{ duplicate: false, targets: [{ prev: 0, route: routeTo(7) }] }]);
      expect(await enqueue(calls, listOf(1, [cid], stored))).toEqual(first);
      expect((await enqueue(calls, listOf(2, [cid], stored))).results[0]!.targets).toEqual([null]);
      await ack(calls, cid, seq(1));
      expect((await enqueue(calls, listOf(3, [cid], stored))).results[0]!.targets).toEqual([null]);
      expect(seqsOf(await pull(calls, cid))).toEqual([]);
    },
  );

  test('a position that the device had finished keeps later ones out too, when a lost view is filled again', async () => {
    const { calls } = await readyInstance(url);
    const cid = newCid();
    await ack(calls, cid, seq(5));
    expect((await enqueue(calls, listOf(5, [cid]))).results[0]!.targets).toEqual([null]);
    expect((await enqueue(calls, listOf(9, [cid]))).results[0]!.targets).toEqual([null]);
    expect(seqsOf(await pull(calls, cid))).toEqual([]);
  });
});

describe('a stopped task', () => {
  const until = () => Date.now() + 60_000;

  test('is neither pulled nor attached any more, while what else is queued is', async () => {
    const { calls } = await readyInstance(url);
    const cid = newCid();
    await enqueue(calls, recordOf(1, [cid], { id: 'RASL_2/0/0', task: 'RASL_2' }), recordOf(2, [cid], { id: 'other' }));
    await calls.stopTasks({ items: [{ task: 'RASL_2', until: until() }] });
    expect(await attach(calls, cid)).toMatchObject({ entries: [{ task: 'other' }], ready: true });
    expect(seqsOf(await pull(calls, cid))).toEqual([seq(2)]);
  });

  test.each([true, false])('is not stored nor offered by a record that comes later (stored: %s)', async (stored) => {
    const { calls, redis, prefix } = await readyInstance(url);
    const cid = newCid();
    const record = recordOf(1, [cid], { id: 'RASA_3/0/0', task: 'RASA_3', stored });
    await calls.stopTasks({ items: [{ task: 'RASA_3', until: until() }] });
    expect((await enqueue(calls, record)).results).toEqual([{ duplicate: true, targets: [] }]);
    expect(seqsOf(await pull(calls, cid))).toEqual([]);
    expect(await redis.get(`${prefix}:b:RASA_3`)).toBe('');
    expect(await redis.pttl(`${prefix}:b:RASA_3`)).toBeGreaterThan(60_000);
  });

  test('a single push asks for no tombstone', async () => {
    const { calls } = await readyInstance(url);
    const cid = newCid();
    expect((await enqueue(calls, recordOf(1, [cid]))).results[0]!.duplicate).toBe(false);
  });
});
