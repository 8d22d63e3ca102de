import { randomBytes } from 'node:crypto';
import type { StartedDevice } from '../../test/rigs/device.ts';
import { waitFor } from '../../test/rigs/process.ts';
import type { TestSystem } from '../../test/rigs/system.ts';
import type { Upstream } from '../../test/rigs/upstream.ts';

export interface TagPushOptions {
  system: TestSystem;
  upstream: Upstream;
  tag: string;
  /** Devices that have the tag. */
  count: number;
  /** Those of them that are connected. */
  connected: StartedDevice[];
}

const finishMs = 900_000;

/**
 * Pushes a text to the devices of a tag; resolves when each was counted and the connected ones have it.
 *
 * @param kill whether the instance that works on it is killed when a third is counted.
 */
export async function pushToTag(options: TagPushOptions, text: string, kill: boolean) {
  const { system, upstream, tag, count, connected } = options;
  const begunMs = performance.now();
  const { data } = await upstream.call('POST', '/push/fast_custom_tag', {
    request_id: randomBytes(12).toString('hex'),
    push_message: { transmission: text },
    audience: { fast_custom_tag: tag },
  });
  const task = String((data as { taskid: string }).taskid);
  const counted = async (): Promise<number> => (await upstream.report([task]))[task]?.total['msg_num'] ?? 0;
  if (kill) {
    await waitFor('a third is counted', async () => (await counted()) > count / 3, finishMs, 50);
    system.kill(await planning(system));
  }
  await waitFor('everybody is counted', async () => (await counted()) >= count, finishMs, 100);
  await waitFor('the connected have it', () => connected.every((device) => timesOf(device, text) > 0), finishMs);
  return { task, seconds: (performance.now() - begunMs) / 1_000, counted };
}

export function timesOf({ pushes }: StartedDevice, text: string): number {
  return pushes.filter(({ transmission }) => transmission === text).length;
}

/** The instance that works on a push to tags. */
function planning(system: TestSystem): Promise<string> {
  return waitFor('a planner works on it', async () => {
    for (const { instance, role, metrics } of system.run().processes) {
      if (role !== 'im') continue;
      const text = await (await fetch(metrics!)).text();
      if (/^longwire_planner_tag_jobs\S* [1-9]/m.test(text)) return instance;
    }
    return false;
  });
}
