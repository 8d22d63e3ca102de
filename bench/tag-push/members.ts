import { Redis } from 'ioredis';
import { Keys } from '../../services/user-redis/keys.ts';
import type { TestSystem } from '../../test/rigs/system.ts';
import { addDevices, insertRows } from '../rows.ts';

const atOnce = 2_000;

/**
 * Makes devices have a tag, straight in MySQL: those given, and others as they are after a registration, which never connect.
 *
 * @returns the others.
 */
export async function addMembers(
  system: TestSystem,
  tag: string,
  count: number,
  connected: string[],
): Promise<string[]> {
  const { appId } = system.run().app;
  const others = await addDevices(system, count - connected.length);
  await insertRows(system, 'INSERT INTO tag (app_id, tag, cid) VALUES ?', [...others, ...connected], (cid) => [
    ...[appId, tag, cid],
  ]);
  return others;
}

/** How many of the devices have other than just one message of each of these tasks in their queues. */
export async function wrongQueues(system: TestSystem, cids: string[], tasks: string[]): Promise<number> {
  const keys = new Keys('longwire');
  const redis = new Redis(system.processOf('redis-1').url!);
  let wrong = 0;
  try {
    for (const some of slices(cids)) {
      const queues = await Promise.all(some.map((cid) => redis.zrange(keys.queue(cid), '0', '-1')));
      for (const members of queues) {
        const counts = tasks.map((task) => members.filter((member) => member.endsWith(`:${task}`)).length);
        if (counts.some((count) => count !== 1)) wrong++;
      }
    }
  } finally {
    redis.disconnect();
  }
  return wrong;
}

function slices(items: string[]): string[][] {
  return Array.from({ length: Math.ceil(items.length / atOnce) }, (_, index) =>
    items.slice(index * atOnce, (index + 1) * atOnce),
  );
}
