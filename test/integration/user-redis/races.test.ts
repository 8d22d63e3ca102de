import { expect, inject, test } from 'vitest';
import type { Route } from '../../../services/common/protocol/user-redis-calls.ts';
import { ack, attach, enqueue, newCid, pull, readyInstance, recordOf, routeTo, seq, seqsOf } from './fixtures.ts';

const url = inject('redisUrl');

test('however logins and messages interleave, each message is read by a login or offered to the connection that has the device', async () => {
  const { calls, prefix } = await readyInstance(url);
  const { calls: other } = await readyInstance(url, { prefix });
  const cid = newCid();
  const count = 200;
  const offered: { seq: number; prev: number; route: Route | null }[] = [];
  const logins: { conn: number; seqs: number[]; replaced: Route | null }[] = [];
  const storing = (async () => {
    for (let offset = 1; offset <= count; offset++) {
      const { results } = await enqueue(calls, recordOf(offset, [cid]));
      offered.push({ seq: seq(offset), ...results[0]!.targets[0]! });
    }
  })();
  const loggingIn = (async () => {
    for (let conn = 1; offered.length < count; conn += 4) {
      const attached = [0, 1, 2, 3].map(async (step) => {
        const on = step % 2 ? calls : other;
        const found = await attach(on, cid, { route: routeTo(conn + step), limit: 1_000 });
        logins.push({ conn: conn + step, seqs: seqsOf(found), replaced: found.replaced });
      });
      await Promise.all(attached);
    }
  })();
  await Promise.all([storing, loggingIn]);

  const reads = new Map(logins.map(({ conn, seqs }) => [conn, seqs]));
  for (const { seq: position, prev, route } of offered) {
    if (route) expect(reads.get(route.conn), `read of connection ${route.conn}`).not.toContain(position);
    expect(prev).toBe(position === seq(1) ? 0 : position - 1);
  }
  // Every connection but the last was replaced by just one other: routes went from hand to hand.
  const replaced = logins.flatMap(({ replaced: one }) => one?.conn ?? []);
  expect(new Set(replaced).size).toBe(replaced.length);
  expect(replaced.length).toBe(logins.length - 1);
  for (const { conn, seqs } of logins) {
    const toIt = offered.filter(({ route }) => route?.conn === conn).map((one) => one.seq);
    const all = [...seqs, ...toIt];
    expect(all).toEqual(Array.from({ length: all.length }, (_, index) => seq(index + 1)));
  }
});

test('acks, pulls and messages side by side lose nothing and bring nothing back', async () => {
  const { calls } = await readyInstance(url);
  const cid = newCid();
  const count = 200;
  const got: number[] = [];
  let stored = 0;
  const storing = (async () => {
    for (let offset = 1; offset <= count; offset += 2) {
      const first = recordOf(offset, [cid]);
      await enqueue(calls, first, recordOf(offset + 1, [cid]));
      // Work that is done twice, as after a crash.
      await enqueue(calls, first);
      stored = offset + 1;
    }
  })();
  const acks: Promise<void>[] = [];
  while (got.length < count) {
    const { entries } = await pull(calls, cid, got.at(-1) ?? 0, 7);
    got.push(...entries.map((entry) => entry.seq));
    if (got.length > 0) acks.push(ack(calls, cid, got.at(-1)!));
    if (stored === count && entries.length === 0) break;
  }
  await Promise.all([storing, ...acks]);
  expect(got).toEqual(Array.from({ length: count }, (_, index) => seq(index + 1)));
  expect((await attach(calls, cid)).finished).toEqual([]);
});
