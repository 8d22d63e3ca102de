import type { Static, TObject } from 'typebox';
import type { busConfig } from '../base-config.ts';
import type { Logger } from '../log.ts';
import type { Bus } from './bus.ts';
import { openKafkaBus } from './kafka/kafka-bus.ts';
import { openRedisBus } from './redis-streams/redis-bus.ts';

export type BusConfig = Pick<
  Static<TObject<typeof busConfig>>,
  'bus' | 'busRedisUrl' | 'busMinReplicas' | 'busKafkaBrokers' | 'busRetentionMs' | 'busMaxRecords' | 'busMaxBytes'
>;

/**
 * Opens the bus that the configuration names. A bus that is away does not fail this: it is waited for a few seconds, and
 * from then on calls fail with `unavailable` until it is there.
 */
export function openBus(config: BusConfig, log: Logger): Promise<Bus> {
  const retentionMs = config.busRetentionMs;
  switch (config.bus) {
    case 'redis':
      return openRedisBus(
        {
          url: config.busRedisUrl,
          minReplicas: config.busMinReplicas,
          retentionMs,
          maxRecordsPerPartition: config.busMaxRecords,
          maxBytesPerPartition: config.busMaxBytes === 0 ? undefined : config.busMaxBytes,
        },
        log,
      );
    case 'kafka':
      return openKafkaBus({ brokers: config.busKafkaBrokers, retentionMs }, log);
  }
}
