import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type StartedDevice, startDevice } from '../../rigs/device.ts';
import type { SystemUnderTest } from './system-under-test.ts';

export interface RecalledFrom {
  away: StartedDevice;
  /** The task that was recalled. */
  task: string;
}

/** Messages that are taken back before their device has come for them. */
export function describeRecall(sut: SystemUnderTest): void {
  describe('recall', () => {
    test('E92 a device that was away gets the revoke, and not the message that it takes back', async () => {
      await comesBack(sut, await recallWhileAway(sut));
    });
  });
}

/** A device that was online and is away, for which another push, a revoke and a last push wait. */
export async function recallWhileAway(sut: SystemUnderTest): Promise<RecalledFrom> {
  const away = startDevice(sut.deviceOptions());
  await away.online();
  const cid = away.cid();
  away.device.close();
  await sut.offline(cid);
  const task = await sut.upstream.push(cid, 'recalled');
  await sut.upstream.push(cid, 'kept');
  await sut.depth(cid, 2);
  const push_message = { revoke: { old_task_id: task, force: true } };
  const body = { request_id: randomBytes(12).toString('hex'), audience: { cid: [cid] }, push_message };
  expect(await sut.upstream.call('POST', '/push/single/cid', body)).toMatchObject({ code: 0 });
  await sut.upstream.push(cid, 'last');
  await sut.depth(cid, 3);
  return { away, task };
}

export async function comesBack(sut: SystemUnderTest, { away, task }: RecalledFrom): Promise<void> {
  const again = startDevice({ ...sut.deviceOptions(), storage: away.storage });
  await again.waitForPushes(3, 60_000);
  expect(again.pushes.map((push) => push.transmission ?? push.revoke)).toEqual([
    ...['kept', { task, force: true }, 'last'],
  ]);
  again.device.close();
}
