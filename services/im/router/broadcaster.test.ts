import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { idleNode } from '../../../test/rigs/idle-node.ts';
import type { Batch } from '../../common/bus/bus.ts';
import type { CmNode } from '../../common/cm-nodes.ts';
import { LongwireError } from '../../common/errors.ts';
import type { BroadcastRecord } from '../../common/protocol/bus-records.ts';
import { seqOf } from '../../common/protocol/positions.ts';
import type { UserRedisCalls, ViewState } from '../../common/protocol/user-redis-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';
import { createRouterMetrics } from '../metrics.ts';
import { Broadcaster } from './broadcaster.ts';

type Append = Client<UserRedisCalls>['appendBroadcasts'];

const now = 1_000_000;
const record = (task: string, more: Partial<BroadcastRecord> = {}): BroadcastRecord => ({
  ...{ id: `${task}/all`, app: 'app', task, exp: now + 5_000, stored: true, body: '{}' },
  ...more,
});

function batchOf(values: (BroadcastRecord | string)[]): Batch {
  const records = values.map((value, offset) => ({
    ...{ offset, key: 'app', timeMs: now },
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }));
  return { partition: 2, records, stale: () => false };
}

/** A broadcaster with two nodes, of which one does not answer. */
function rig(view: ViewState = 'ready') {
  const state = {
    ...{ view, away: false, whole: true },
    ...{ appended: [] as Parameters<Append>[0]['records'], handled: [] as number[] },
    ...{ hints: [] as string[][], restarts: [] as number[] },
  };
  const nodeOf = (tail: CmNode['calls']['tail']): CmNode => ({
    lease: { node: 'n', boot: 'b1', address: 'http://n' },
    calls: { ...idleNode, tail },
  });
  const broadcaster = new Broadcaster({
    logs: {
      appendBroadcasts: async ({ records }) => {
        if (state.away) throw new LongwireError('unavailable', 'away');
        state.appended.push(...records);
        return { view: state.view, duplicate: records.map(({ task }) => task === 'twice') };
      },
    },
    replay: {
      mustRestart: (_partition, seen) => seen === 'missing' || seen === 'stale',
      handled: async (_partition, offset) => {
        state.handled.push(offset);
        return state.whole;
      },
    },
    nodes: {
      all: () => [
        nodeOf(async () => {
          throw new LongwireError('timeout', 'hangs');
        }),
        nodeOf(async ({ apps }) => {
          state.hints.push(apps);
          return {};
        }),
      ],
    },
    generation: 3,
    metrics: createRouterMetrics(new Registry(), () => ({ owned: 0, replaying: 0 })),
    now: () => now,
    log: pino({ level: 'silent' }),
  });
  const consumer = { restart: (partition: number) => void state.restarts.push(partition) };
  return { state, handle: (values: (BroadcastRecord | string)[]) => broadcaster.handle(batchOf(values), consumer) };
}

test('BC1 each record is put into the log at its own position, and every node is told once of each app', async () => {
  const { state, handle } = rig();
  const old = record('old', { exp: now });
  await handle([record('a'), '{', old, record('b'), record('twice', { app: 'other' })]);
  expect(state.appended.map(({ task, bseq }) => [task, bseq])).toEqual([
    ['a', seqOf(3, 0)],
    ['b', seqOf(3, 3)],
    ['twice', seqOf(3, 4)],
  ]);
  expect(state.hints).toEqual([['app', 'other']]);
  expect(state.handled).toEqual([5]);
});

test('BC1 while user-redis is away the batch rejects, so that it comes again', async () => {
  const { state, handle } = rig();
  state.away = true;
  await expect(handle([record('a')])).rejects.toMatchObject({ retryable: true });
  expect(state.handled).toEqual([]);
});

test('BC2 a partition whose log was lost starts over, and nobody is told', async () => {
  const { state, handle } = rig('missing');
  await handle([record('a')]);
  expect([state.restarts, state.hints]).toEqual([[2], []]);
  const other = rig();
  other.state.whole = false;
  await other.handle([record('a')]);
  expect([other.state.restarts, other.state.hints]).toEqual([[2], []]);
});

test('a batch of what nobody needs any more is handled without a call', async () => {
  const { state, handle } = rig();
  await handle([record('old', { exp: now })]);
  expect([state.appended, state.hints, state.handled]).toEqual([[], [], [1]]);
});
