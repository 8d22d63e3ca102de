import { type Check, fault, fine } from '../finding.ts';
import { eachServer } from './redis-memory.ts';

const leastMajor = 7;
const slowMs = 5;

export const redisVersion: Check = {
  name: 'redis-version',
  run: ({ redis }) =>
    eachServer(redis, ({ info }, of) => {
      const version = info['redis_version'] ?? 'unknown';
      const named = info['valkey_version'] === undefined ? version : `Valkey ${info['valkey_version']} (${version})`;
      if (Number(version.split('.')[0]) >= leastMajor) return [fine(of, named)];
      const means = 'Longwire’s scripts and streams were only tried on Redis 7 and newer, and on Valkey 8.';
      return [
        fault('weak', of, `is ${named}, older than ${leastMajor}`, means, 'Upgrade Redis to 7 or newer, or Valkey 8.'),
      ];
    }),
};

export const redisLatency: Check = {
  name: 'redis-latency',
  run: ({ redis }) =>
    eachServer(redis, ({ pingMs }, of) => {
      const median = pingMs[Math.floor(pingMs.length / 2)] ?? 0;
      const most = pingMs.at(-1) ?? 0;
      const what = `PING from here takes ${median.toFixed(1)} ms in the middle of ${pingMs.length}, ${most.toFixed(1)} ms at the most`;
      if (median <= slowMs) return [fine(of, what)];
      const means = 'Each push asks it several times, one after another: pushes are accepted and delivered late.';
      const mend =
        'Have it in the same data centre as the roles; look for slow commands (SLOWLOG GET) and for a machine that is short of CPU or swaps.';
      return [fault('weak', of, what, means, mend)];
    }),
};
