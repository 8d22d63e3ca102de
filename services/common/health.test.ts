import { afterEach, expect, test, vi } from 'vitest';
import { Health, ProgressMark } from './health.ts';

afterEach(() => void vi.useRealTimers());

test('live and ready ask their own checks, and name each that fails', () => {
  const health = new Health();
  const faults: Record<string, string | undefined> = {};
  health.addLive('loop', () => faults['loop']);
  health.addReady('redis', () => faults['redis']);
  health.addReady('room', () => faults['room']);
  expect([health.live(), health.ready()]).toEqual([
    { ok: true, faults: {} },
    { ok: true, faults: {} },
  ]);
  Object.assign(faults, { redis: 'not connected', room: 'full' });
  expect(health.live().ok).toBe(true);
  expect(health.ready()).toEqual({ ok: false, faults: { redis: 'not connected', room: 'full' } });
  faults['loop'] = 'stuck';
  expect(health.live()).toEqual({ ok: false, faults: { loop: 'stuck' } });
});

test('a note is part of the report whatever the checks say, and bears on none of it', () => {
  const health = new Health();
  let fault: string | undefined;
  health.addReady('redis', () => fault);
  health.addNote('config', () => ({ source: 'backup' }));
  expect(health.ready()).toEqual({ ok: true, faults: {}, config: { source: 'backup' } });
  fault = 'away';
  expect(health.ready()).toMatchObject({ ok: false, faults: { redis: 'away' }, config: { source: 'backup' } });
  health.startStopping();
  expect(health.ready()).toMatchObject({ ok: false, faults: { lifecycle: 'stopping' }, config: { source: 'backup' } });
  expect(health.live()).toEqual({ ok: true, faults: {} });
});

test('one that stops is not ready, though it lives', () => {
  const health = new Health();
  health.startStopping();
  expect(health.ready()).toEqual({ ok: false, faults: { lifecycle: 'stopping' } });
  expect(health.live().ok).toBe(true);
});

test('a loop that does not turn for its limit is at fault until it turns again', () => {
  vi.useFakeTimers();
  const mark = new ProgressMark(1_000);
  vi.advanceTimersByTime(1_000);
  expect(mark.check()).toBeUndefined();
  vi.advanceTimersByTime(1);
  expect(mark.check()).toBe('no progress for 1001 ms');
  mark.mark();
  expect(mark.check()).toBeUndefined();
});
