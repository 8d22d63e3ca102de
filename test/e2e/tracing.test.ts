import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { traceIdsOf } from '../../services/common/tracing/trace-ids.ts';
import { startDevice } from '../rigs/device.ts';
import { waitFor } from '../rigs/process.ts';
import { type ReceivedSpan, TraceReceiver } from '../rigs/trace-receiver.ts';
import { SystemUnderTest } from './suite/system-under-test.ts';

const sut = new SystemUnderTest();
let receiver: TraceReceiver;
beforeAll(async () => {
  receiver = await TraceReceiver.start();
  const settings = ['traceRatio=1', `traceUrl=${receiver.url}`, 'logLevel=debug'];
  await sut.start({ bus: 'redis', scale: { cm: 2, im: 2 }, settings });
});
afterAll(async () => {
  await sut.stop();
  await receiver?.stop();
});

const order = ['accept', 'list', 'plan', 'route', 'log', 'write', 'deliver'];

/** The spans of a task, once these are there, in the order of its way. */
async function spansOf(task: string, names: string[]): Promise<ReceivedSpan[]> {
  const { traceId } = traceIdsOf(task)!;
  await waitFor(`${names} of ${task}`, () => {
    const found = receiver.of(traceId).map(({ name }) => name);
    return names.every((name) => found.includes(`push ${name}`));
  });
  const placeOf = ({ name }: ReceivedSpan): number => order.indexOf(name.replace('push ', ''));
  return receiver.of(traceId).toSorted((one, other) => placeOf(one) - placeOf(other));
}

test('E95 one trace leads from acceptance to the device’s ack, also of a message that waited, and logs name it', async () => {
  const device = startDevice(sut.deviceOptions());
  await device.online();
  const cid = device.cid();
  const task = await sut.upstream.push(cid, 'connected');
  await device.waitForPushes(1);
  const spans = await spansOf(task, ['accept', 'route', 'deliver']);
  const { rootSpanId } = traceIdsOf(task)!;
  expect(spans.map(({ name, role }) => `${role} ${name}`)).toEqual([
    'longwire-im push accept',
    'longwire-im push route',
    'longwire-cm push deliver',
  ]);
  expect(spans[0]).toMatchObject({ spanId: rootSpanId, parentSpanId: undefined });
  for (const [index, span] of spans.slice(1).entries()) {
    expect(span.parentSpanId).toBe(rootSpanId);
    expect(span.startMs).toBeGreaterThanOrEqual(spans[index]!.startMs);
  }
  expect(spans[2]!.attributes['longwire.cid']).toBe(cid);

  device.device.close();
  await sut.offline(cid);
  const later = await sut.upstream.push(cid, 'away');
  await spansOf(later, ['accept', 'route']);
  const again = startDevice({ ...sut.deviceOptions(), storage: device.storage });
  await again.waitForPushes(1);
  const waited = await spansOf(later, ['accept', 'route', 'deliver']);
  expect(waited).toHaveLength(3);
  again.device.close();

  const traceId = traceIdsOf(task)!.traceId;
  const logs = ['im-1', 'im-2'].map((name) => readFileSync(join(sut.system.dataDir, 'logs', `${name}.log`), 'utf8'));
  const about = logs.flatMap((text) => text.split('\n')).filter((line) => line.includes(`"traceId":"${traceId}"`));
  expect(about.some((line) => line.includes('a push is accepted'))).toBe(true);
});

test('E96 a push to the whole app has a span for its log and one a node, none per device', async () => {
  const devices = Array.from({ length: 6 }, () => startDevice(sut.deviceOptions()));
  await Promise.all(devices.map((device) => device.online()));
  const task = await sut.upstream.pushAll('to all');
  await Promise.all(devices.map((device) => device.waitForPushes(1)));
  const spans = await spansOf(task, ['accept', 'log', 'write']);
  expect(spans.filter(({ name }) => name === 'push deliver')).toEqual([]);
  await waitFor('each node with devices has written', () => {
    const written = receiver.of(traceIdsOf(task)!.traceId).filter(({ name }) => name === 'push write');
    const devicesOf = written.reduce((sum, { attributes }) => sum + Number(attributes['longwire.devices']), 0);
    return devicesOf === devices.length;
  });
  for (const device of devices) device.device.close();
});
