import type { Static, TObject } from 'typebox';
import type { busConfig } from '../base-config.ts';
import type { Logger } from '../log.ts';
import type { Bus } from './bus.ts';
import { openRedisBus } from './redis-streams/redis-bus.ts';

export type BusConfig = Static<TObject<typeof busConfig>>;

/**
 * Opens the bus that the configuration names. A bus that is away does not fail this: it is waited for a few seconds, and
 * from then on calls fail with `unavailable` until it is there.
 */
export async function openBus(config: BusConfig, log: Logger): Promise<Bus> {
  return openRedisBus({ url: config.busRedisUrl, retentionMs: config.busRetentionMs }, log);
}
