import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { openInstallation } from '../../scripts/up/installation.ts';
import { Identity } from '../../services/common/identity.ts';
import { Keys } from '../../services/user-redis/keys.ts';
import type { TestSystem } from '../../test/rigs/system.ts';

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
  const identity = new Identity([openInstallation(system.dataDir, undefined).identityKey]);
  const others = Array.from({ length: count - connected.length }, () => identity.issueCid(appId));
  const connection = await createConnection({ uri: system.processOf('mariadb-1').url! });
  try {
    for (const some of slices(others)) {
      await connection.query('INSERT INTO device (app_id, cid, platform, registered_at) VALUES ?', [
        some.map((cid) => [appId, cid, 'other', Date.now()]),
      ]);
    }
    for (const some of slices([...others, ...connected])) {
      await connection.query('INSERT INTO tag (app_id, tag, cid) VALUES ?', [some.map((cid) => [appId, tag, cid])]);
    }
  } finally {
    await connection.end();
  }
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
