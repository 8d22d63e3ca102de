import { expect, test, vi } from 'vitest';
import type { Running } from './role-process.ts';
import { retryPauseMs, Supervised } from './supervised.ts';

/** A process that ends when the test says so. */
function processes() {
  const started: { pid: number; die: (code: number) => void; signals: string[] }[] = [];
  const start = async (): Promise<Running> => {
    const ended = Promise.withResolvers<void>();
    const pid = 100 + started.length;
    let exitCode: number | null = null;
    const signals: string[] = [];
    const die = (code: number): void => {
      exitCode = code;
      ended.resolve();
    };
    started.push({ pid, die, signals });
    return {
      pid,
      ended: ended.promise,
      exitCode: () => exitCode,
      end: async (signal = 'SIGTERM') => {
        signals.push(signal);
        die(0);
      },
    };
  };
  return { started, start };
}

function supervised(start: () => Promise<Running>) {
  const ends: { exitCode: number | null; retryInMs: number }[] = [];
  const onChange = vi.fn();
  const unit = { role: 'cm', instance: 'cm-1', ops: null, start };
  return { ends, onChange, one: new Supervised(unit, { onChange, onEnd: (end) => ends.push(end) }) };
}

test('the pause doubles from 0.2 s up to 10 s', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 50].map(retryPauseMs)).toEqual([
    ...[200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000],
  ]);
});

test('a process that dies is started again, later each time, and at once again after one that ran for 30 s', async () => {
  vi.useFakeTimers();
  try {
    const { started, start } = processes();
    const { ends, one } = supervised(start);
    await one.start();
    for (const pauseMs of [200, 400, 800]) {
      started.at(-1)?.die(1);
      await vi.advanceTimersByTimeAsync(0);
      expect(one.pid).toBeUndefined();
      expect(ends.at(-1)).toEqual({ exitCode: 1, retryInMs: pauseMs });
      await vi.advanceTimersByTimeAsync(pauseMs);
      expect(one.pid).toBe(started.at(-1)?.pid);
    }
    await vi.advanceTimersByTimeAsync(30_000);
    started.at(-1)?.die(1);
    await vi.advanceTimersByTimeAsync(0);
    expect(ends.at(-1)).toEqual({ exitCode: 1, retryInMs: 200 });
  } finally {
    vi.useRealTimers();
  }
});

test('a restart that fails is tried again', async () => {
  vi.useFakeTimers();
  try {
    const { started, start } = processes();
    let fault = false;
    const { one } = supervised(() => (fault ? Promise.reject(new Error('no')) : start()));
    await one.start();
    fault = true;
    started[0]?.die(1);
    await vi.advanceTimersByTimeAsync(700);
    expect(one.pid).toBeUndefined();
    fault = false;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(one.pid).toBe(started.at(-1)?.pid);
    expect(started).toHaveLength(2);
  } finally {
    vi.useRealTimers();
  }
});

test('after stop nothing runs, and nothing is started again', async () => {
  vi.useFakeTimers();
  try {
    const { started, start } = processes();
    const { ends, one } = supervised(start);
    await one.start();
    await one.stop(1_000);
    await one.stop(1_000);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(started).toHaveLength(1);
    expect(started[0]?.signals[0]).toBe('SIGTERM');
    expect(ends).toEqual([]);
    expect(one.pid).toBeUndefined();
  } finally {
    vi.useRealTimers();
  }
});

test('a first start that fails is the caller’s to deal with', async () => {
  const { one } = supervised(() => Promise.reject(new Error('port taken')));
  await expect(one.start()).rejects.toThrow('port taken');
  await one.stop(1_000);
});

test('a stop that comes during a start ends what was started', async () => {
  const { started, start } = processes();
  const gate = Promise.withResolvers<void>();
  const { one } = supervised(() => gate.promise.then(start));
  const starting = one.start();
  const stopping = one.stop(1_000);
  gate.resolve();
  await Promise.all([starting, stopping]);
  expect(started[0]?.signals[0]).toBe('SIGTERM');
});
