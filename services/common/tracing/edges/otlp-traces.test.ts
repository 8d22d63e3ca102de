import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { waitFor } from '../../../../test/rigs/process.ts';
import { TraceReceiver } from '../../../../test/rigs/trace-receiver.ts';
import { Lifecycle } from '../../lifecycle.ts';
import { singleTaskId } from '../../protocol/task-ids.ts';
import { traceIdsOf } from '../trace-ids.ts';
import { startTraces } from './otlp-traces.ts';

const lines: { reason?: string; msg: string }[] = [];
const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  lines.length = 0;
});

async function started(traceRatio: number, role = 'im') {
  const receiver = await TraceReceiver.start();
  const lifecycle = new Lifecycle(log);
  stops.push(() => receiver.stop());
  const options = { traceRatio, traceUrl: receiver.url, productLine: 'push', role, instance: `${role}-1` };
  return { receiver, lifecycle, traces: await startTraces(options, lifecycle, log) };
}

test('off is nothing at all', async () => {
  const { traces } = await started(0);
  expect(traces).toBeUndefined();
});

test('the acceptance is the root with ids of the task; what else is recorded, by whatever process, is its child', async () => {
  const { receiver, lifecycle, traces } = await started(1);
  const task = singleTaskId('app', 'r1', '1124');
  const { traceId, rootSpanId } = traceIdsOf(task)!;
  const startMs = Date.now() - 50;
  traces!.record('route', task, startMs, { 'longwire.partition': 3 });
  traces!.record('accept', task, startMs);
  traces!.record('deliver', task, startMs);
  await lifecycle.stop(5_000);
  expect(receiver.spans).toHaveLength(3);
  for (const span of receiver.spans) {
    expect(span).toMatchObject({ traceId, role: 'longwire-im', productLine: 'push' });
    expect(span.attributes['longwire.task']).toBe(task);
    expect(span.startMs).toBe(startMs);
    expect(span.endMs - span.startMs).toBeGreaterThanOrEqual(50);
  }
  const byName = new Map(receiver.spans.map((span) => [span.name, span]));
  expect(byName.get('push accept')).toMatchObject({ spanId: rootSpanId, parentSpanId: undefined });
  for (const name of ['push route', 'push deliver']) expect(byName.get(name)?.parentSpanId).toBe(rootSpanId);
  expect(new Set(receiver.spans.map(({ spanId }) => spanId)).size).toBe(3);
  expect(byName.get('push route')?.attributes['longwire.partition']).toBe(3);
});

test('every process takes the same share of tasks, and the same ones', async () => {
  const [one, other] = [await started(0.25, 'im'), await started(0.25, 'cm')];
  const tasks = Array.from({ length: 2_000 }, (_, index) => singleTaskId('app', `r${index}`, '1124'));
  const sampled = tasks.filter((task) => one.traces!.samples(task));
  expect(sampled.length).toBeGreaterThan(400);
  expect(sampled.length).toBeLessThan(600);
  expect(tasks.filter((task) => other.traces!.samples(task))).toEqual(sampled);
  for (const task of tasks.slice(0, 100)) one.traces!.record('accept', task, Date.now());
  await one.lifecycle.stop(5_000);
  await other.lifecycle.stop(5_000);
  const expected = sampled.filter((task) => tasks.indexOf(task) < 100);
  expect(one.receiver.spans.map(({ attributes }) => attributes['longwire.task'])).toEqual(expected);
});

test('a receiver that refuses is one line, and nobody waits', async () => {
  const { receiver, lifecycle, traces } = await started(1);
  receiver.status = 400;
  traces!.record('accept', singleTaskId('app', 'r1', '1124'), Date.now());
  await waitFor('it was asked', () => receiver.requests >= 1);
  traces!.record('accept', singleTaskId('app', 'r2', '1124'), Date.now());
  await waitFor('it was asked again', () => receiver.requests >= 2);
  await lifecycle.stop(5_000);
  expect(lines.filter(({ msg }) => msg === 'spans are not taken, and dropped')).toHaveLength(1);
});
