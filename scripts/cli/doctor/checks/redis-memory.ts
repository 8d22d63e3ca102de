import { type Check, type Finding, fault, fine, notChecked } from '../finding.ts';
import type { RedisReading, RedisServer } from '../readings.ts';

/** Each server of each Redis, or why it can't be looked at. */
export function eachServer(
  redis: RedisReading[],
  look: (server: RedisServer, of: string, use: RedisReading['use']) => Finding[],
): Finding[] {
  return redis.flatMap(({ name, use, servers }) =>
    servers.ok
      ? servers.value.flatMap((server) => look(server, `${name} at ${server.place}`, use))
      : [notChecked(name, servers.why)],
  );
}

export const redisMemory: Check = {
  name: 'redis-maxmemory-policy',
  run: ({ redis }) =>
    eachServer(redis, ({ info }, of) => {
      const policy = info['maxmemory_policy'] ?? 'noeviction';
      const limited = Number(info['maxmemory'] ?? 0) > 0;
      if (policy === 'noeviction') return [fine(of, 'maxmemory-policy is noeviction')];
      const means = limited
        ? 'It drops keys when its memory is full: roles refuse such a Redis, so nothing is accepted or delivered.'
        : 'It would drop keys once it has a maxmemory: roles would refuse it then.';
      const mend = 'CONFIG SET maxmemory-policy noeviction, and the same in its configuration file.';
      return [fault(limited ? 'wrong' : 'weak', of, `maxmemory-policy is ${policy}`, means, mend)];
    }),
};
