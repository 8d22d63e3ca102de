import { pino } from 'pino';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { waitFor } from '../../../test/rigs/process.ts';
import { LongwireError } from '../errors.ts';
import type { Batch, BusRecord, ConsumeOptions, DeadLetter } from './bus.ts';
import { Successes } from './content-fault.ts';
import { PartitionLoop, type PartitionSource } from './partition-loop.ts';
import { Unwanted } from './unwanted.ts';

const log = pino({ level: 'silent' });

/** A partition in memory, with a lease that the test can take away. */
function memoryPartition(count: number) {
  const state = { held: true, committed: 0, refuse: false, faults: 0 };
  let wake: ((records: BusRecord[] | undefined) => void) | undefined;
  const source: PartitionSource = {
    committed: async () => state.committed,
    async next(offset) {
      if (offset < count) return [{ offset, key: 'k', value: String(offset), timeMs: 0 }];
      return new Promise((resolve) => {
        wake = resolve;
      });
    },
    again: async (records) => records,
    cancel: () => wake?.(undefined),
    async commit(offset) {
      if (state.faults-- > 0) throw new Error('away');
      if (state.refuse) return false;
      state.committed = offset;
      return true;
    },
    held: () => state.held,
    leaving: () => false,
    resting() {},
  };
  return { source, state };
}

function options(onBatch: (batch: Batch) => Promise<void>, more: Partial<ConsumeOptions> = {}): ConsumeOptions {
  return { topic: 't', group: 'g', maxBatch: 1, onBatch, ...more };
}

test('a commit that is refused ends the loop: no further batch, and onStop', async () => {
  const { source, state } = memoryPartition(5);
  const handled: number[] = [];
  const stopped: number[] = [];
  const onBatch = async ({ records }: Batch): Promise<void> => {
    handled.push(records[0]!.offset);
    state.refuse = handled.length === 2;
  };
  const loop = new PartitionLoop(
    3,
    source,
    options(onBatch, { onStop: (one) => stopped.push(one) }),
    new Successes(),
    log,
  );
  await loop.done;
  expect(handled).toEqual([0, 1]);
  expect(state.committed).toBe(1);
  expect(stopped).toEqual([3]);
});

test('when the lease runs out within a batch, the batch is stale and nothing is committed', async () => {
  const { source, state } = memoryPartition(5);
  const stale: boolean[] = [];
  const onBatch = async (batch: Batch): Promise<void> => {
    stale.push(batch.stale());
    state.held = false;
    stale.push(batch.stale());
  };
  await new PartitionLoop(0, source, options(onBatch), new Successes(), log).done;
  expect(stale).toEqual([false, true]);
  expect(state.committed).toBe(0);
});

test('records that come when the lease is not held any more are not handed over', async () => {
  const { source, state } = memoryPartition(5);
  const read = source.next;
  source.next = async (offset) => {
    state.held = offset < 2;
    return read(offset);
  };
  const handled: number[] = [];
  const onBatch = async ({ records }: Batch): Promise<void> => void handled.push(records[0]!.offset);
  await new PartitionLoop(0, source, options(onBatch), new Successes(), log).done;
  expect(handled).toEqual([0, 1]);
});

test('a commit that fails is tried again, and its batch is not handled again', async () => {
  const { source, state } = memoryPartition(2);
  state.faults = 2;
  const handled: number[] = [];
  const loop: PartitionLoop = new PartitionLoop(
    0,
    source,
    options(async ({ records }) => {
      handled.push(records[0]!.offset);
      if (handled.length === 2) loop.end();
    }),
    new Successes(),
    log,
  );
  await loop.done;
  expect(handled).toEqual([0, 1]);
  expect(state.committed).toBe(2);
});

test('what nobody wants is committed unread; an end or a restart doesn’t wait for the next look', async () => {
  // The time of the next look never comes.
  vi.useFakeTimers({ toFake: ['setInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const { source, state } = memoryPartition(9);
  let ends = 5;
  source.unwanted = new Unwanted(
    async () => [{ partition: 0, begin: 0, end: ends }],
    async () => false,
  );
  await source.unwanted.before(0, 0);
  const starts: number[] = [];
  const handled: number[] = [];
  const loop = new PartitionLoop(
    0,
    source,
    options(async ({ records }) => void handled.push(records[0]!.offset), {
      onStart: async (_partition, committed) => {
        starts.push(committed);
        return committed;
      },
    }),
    new Successes(),
    log,
  );
  await waitFor('the first five are skipped', () => state.committed === 5);
  ends = 9;
  loop.restart();
  await waitFor('it starts anew', () => starts.length === 2);
  await waitFor('the rest is skipped', () => state.committed === 9);
  loop.end();
  await loop.done;
  expect(starts).toEqual([0, 5]);
  expect(handled).toEqual([]);
});

test('the next batches come while the rest of one is under way; it is committed after that, and an end waits for it', async () => {
  const { source, state } = memoryPartition(3);
  const rests = [0, 1, 2].map(() => Promise.withResolvers<void>());
  const handled: number[] = [];
  const wanted: ConsumeOptions = {
    ...{ topic: 't', group: 'g', maxBatch: 1 },
    onBatch: async ({ records }) => {
      handled.push(records[0]!.offset);
      return { done: rests[records[0]!.offset]!.promise };
    },
  };
  const loop = new PartitionLoop(0, source, wanted, new Successes(), log);
  await waitFor('all are handled', () => handled.length === 3);
  expect(state.committed).toBe(0);
  rests[0]!.resolve();
  await waitFor('the first is committed', () => state.committed === 1);
  let isDone = false;
  void loop.done.then(() => {
    isDone = true;
  });
  loop.end();
  rests[2]!.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  expect([state.committed, isDone]).toEqual([1, false]);
  rests[1]!.resolve();
  await loop.done;
  expect(state.committed).toBe(3);
});

test('a restart asks where to start once what was handled is committed', async () => {
  const { source, state } = memoryPartition(2);
  const rest = Promise.withResolvers<void>();
  const starts: number[] = [];
  const wanted: ConsumeOptions = {
    ...{ topic: 't', group: 'g', maxBatch: 1 },
    onStart: async (_partition, committed) => {
      starts.push(committed);
      return committed;
    },
    onBatch: async ({ records }) => {
      if (records[0]!.offset === 0) return { done: rest.promise };
      if (starts.length === 1) loop.restart();
      else loop.end();
      return undefined;
    },
  };
  const loop: PartitionLoop = new PartitionLoop(0, source, wanted, new Successes(), log);
  await new Promise((resolve) => setImmediate(resolve));
  expect(starts).toEqual([0]);
  rest.resolve();
  await loop.done;
  expect(starts).toEqual([0, 1]);
  expect(state.committed).toBe(2);
});

test('an end cuts the pause after a failure short', async () => {
  const { source } = memoryPartition(1);
  const loop: PartitionLoop = new PartitionLoop(
    0,
    source,
    options(async () => {
      setImmediate(() => loop.end());
      throw new Error('not now');
    }),
    new Successes(),
    log,
  );
  await loop.done;
  expect(loop.ended).toBe(true);
});

test('a restart while onStart fails asks it again, and a start that failed is asked again', async () => {
  const { source } = memoryPartition(1);
  let asked = 0;
  const loop: PartitionLoop = new PartitionLoop(
    0,
    source,
    options(async () => loop.end(), {
      onStart: async (_partition, committed) => {
        asked++;
        if (asked === 1) setImmediate(() => loop.restart());
        if (asked < 3) throw new Error('not yet');
        return committed;
      },
    }),
    new Successes(),
    log,
  );
  await loop.done;
  expect(asked).toBe(3);
});

test('a handler that neither settles nor looks shows no sign of life since it began; one that looks does, and so does one that fails', async () => {
  const { source } = memoryPartition(3);
  const work = Promise.withResolvers<void>();
  let batch: Batch | undefined;
  const begun: number[] = [];
  const onBatch = (given: Batch): Promise<void> => {
    batch = given;
    begun.push(Date.now());
    return begun.length < 3 ? Promise.reject(new Error('away')) : work.promise;
  };
  const loop = new PartitionLoop(0, source, options(onBatch), new Successes(), log);
  expect(loop.workMs).toBeUndefined();
  await waitFor('a handler at work', () => begun.length === 3 && loop.workMs !== undefined);
  const begunMs = loop.workMs!;
  expect(begunMs).toBeGreaterThanOrEqual(begun[1]!);
  await waitFor('time goes by', () => Date.now() > begunMs + 20);
  expect(loop.workMs).toBe(begunMs);
  batch!.stale();
  expect(loop.workMs).toBeGreaterThan(begunMs);
  // What is somebody else's by now is no longer looked at.
  loop.end();
  expect(loop.workMs).toBeUndefined();
  work.resolve();
  await loop.done;
});

describe('a record that makes its batch fail by its content', () => {
  const refused = new LongwireError('bad_request', 'body is too odd');

  /** A partition of 8 records in one batch, the handler failing as told. */
  function partition(fails: (offsets: number[]) => Error | undefined, given: Partial<ConsumeOptions> = {}) {
    const { source, state } = memoryPartition(8);
    const handled: number[] = [];
    const aside: DeadLetter[] = [];
    const all = Array.from({ length: 8 }, (_none, offset) => ({ offset, key: 'k', value: `${offset}`, timeMs: 0 }));
    source.next = async (offset) => (offset < 8 ? all.slice(offset) : new Promise(() => loop.end()));
    const onBatch = async ({ records }: Batch): Promise<void> => {
      const offsets = records.map(({ offset }) => offset);
      const error = fails(offsets);
      if (error) throw error;
      handled.push(...offsets);
      if (handled.at(-1) === 7) loop.end();
    };
    const setAside = async (letter: DeadLetter): Promise<void> => void aside.push(letter);
    const successes = new Successes();
    const wanted = { ...options(onBatch), setAside, ...given, maxBatch: 8 };
    const loop: PartitionLoop = new PartitionLoop(0, source, wanted, successes, log);
    return { loop, state, handled, aside, successes };
  }

  test('is found by halving and set aside; those before and behind it are handled, in order', async () => {
    const { loop, state, handled, aside } = partition((offsets) => (offsets.includes(5) ? refused : undefined));
    await loop.done;
    expect(handled).toEqual([0, 1, 2, 3, 4, 6, 7]);
    expect(aside.map(({ topic, group, record, error }) => [topic, group, record.offset, error.code])).toEqual([
      ['t', 'g', 5, 'bad_request'],
    ]);
    expect(state.committed).toBe(8);
  });

  test('stays at its place while it cannot be set aside', async () => {
    let tries = 0;
    const { loop, state, handled } = partition((offsets) => (offsets.includes(2) ? refused : undefined), {
      setAside: async () => {
        tries++;
        if (tries === 2) loop.end();
        throw new LongwireError('unavailable', 'away');
      },
    });
    await loop.done;
    expect(handled).toEqual([0, 1]);
    expect(state.committed).toBe(2);
  });

  test('is not set aside while nothing else succeeds: then it is no fault of the record', async () => {
    let tries = 0;
    const { loop, state, aside } = partition(() => {
      if (++tries === 7) loop.end();
      return refused;
    });
    await loop.done;
    expect(aside).toEqual([]);
    expect(state.committed).toBe(0);
  });

  test('a store that is away sets nothing aside, whatever else succeeds', async () => {
    let tries = 0;
    const { loop, state, aside, successes } = partition(() => {
      successes.done();
      if (++tries === 5) loop.end();
      return new LongwireError('unavailable', 'away');
    });
    await loop.done;
    expect(aside).toEqual([]);
    expect(state.committed).toBe(0);
  });
});
