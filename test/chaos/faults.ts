import { Redis } from 'ioredis';
import type { BusKind } from '../../scripts/up/args.ts';
import type { TestSystem } from '../rigs/system.ts';

const roles = ['cm', 'im', 'user-redis', 'user-mysql'].flatMap((role) => [`${role}-1`, `${role}-2`]);

/** A generator of numbers in [0, 1) that a seed repeats. */
export function seeded(seed: number): () => number {
  let state = seed & 0x7fffffff;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
}

/**
 * Does one fault and answers what it was: SIGKILL to an instance or a store, SIGSTOP of one for 1 to 12 s, or, where the
 * bus is elsewhere, FLUSHALL of the users' Redis.
 */
export async function doFault(system: TestSystem, bus: BusKind, random: () => number): Promise<string> {
  if (bus === 'kafka' && random() < 0.15) return emptyRedis(system);
  const stores = bus === 'kafka' ? ['redis-1', 'mariadb-1', 'kafka-1'] : ['redis-1', 'mariadb-1'];
  const candidates = random() < 0.25 ? stores : roles;
  const victim = candidates[Math.floor(random() * candidates.length)]!;
  const kill = random() < 0.6;
  const frozenMs = Math.round(1_000 + random() * 11_000);
  if (!system.run().processes.some(({ instance }) => instance === victim)) return `${victim} is down already`;
  if (kill) {
    system.kill(victim, 'SIGKILL');
    return `kill ${victim}`;
  }
  const pid = system.kill(victim, 'SIGSTOP');
  setTimeout(() => resume(pid), frozenMs);
  return `freeze ${victim} for ${frozenMs} ms`;
}

function resume(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // It was ended while it was frozen.
  }
}

async function emptyRedis(system: TestSystem): Promise<string> {
  const url = system.run().processes.find(({ role }) => role === 'redis')?.url;
  if (!url) return 'redis is down already';
  const redis = new Redis(url, { maxRetriesPerRequest: 1, commandTimeout: 2_000 });
  redis.on('error', () => {});
  try {
    await redis.flushall();
    return 'empty redis';
  } catch {
    return 'redis does not answer';
  } finally {
    redis.disconnect();
  }
}
