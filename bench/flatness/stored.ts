import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import type { TestSystem } from '../../test/rigs/system.ts';

/** What a system keeps of its devices. */
export interface Stored {
  /** Of the table of devices. */
  rows: number;
  /** Keys by kind, as services/user-redis/keys.ts has them: `d` is the route of a device, `q` its queue. The bus's own are `bus`. */
  redisKeys: Record<string, number>;
  redisMib: number;
}

const bytesPerMib = 1_048_576;
/** Kinds of keys there, without those of the bus. */
const kinds = new Set(['d', 'q', 'o', 'b', 'a', 'r', 'w', 'i', 'n', 'c', 'h', 'g', 't']);

export async function storedIn(system: TestSystem): Promise<Stored> {
  const connection = await createConnection({ uri: system.processOf('mariadb-1').url! });
  const redis = new Redis(system.processOf('redis-1').url!);
  try {
    const [rows] = await connection.query('SELECT COUNT(*) AS count FROM device');
    const memory = /^used_memory:(\d+)/m.exec(await redis.info('memory'));
    return {
      rows: Number((rows as { count: number }[])[0]!.count),
      redisKeys: await keysByKind(redis),
      redisMib: Number(memory?.[1]) / bytesPerMib,
    };
  } finally {
    redis.disconnect();
    await connection.end();
  }
}

async function keysByKind(redis: Redis): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for await (const keys of redis.scanStream({ count: 1_000 })) {
    for (const key of keys as string[]) {
      const kind = kindOf(key);
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
  }
  return Object.fromEntries(Object.entries(counts).sort());
}

function kindOf(key: string): string {
  const [, second = ''] = key.split(':');
  return kinds.has(second) ? second : 'others';
}
