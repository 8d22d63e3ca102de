import { Kafka } from 'kafkajs';
import type { Logger } from '../../log.ts';
import { kafkaLog } from './log.ts';

export interface KafkaBusOptions {
  /** `host:port` of some brokers; they name the others. */
  brokers: string[];
  /** Written to a topic when it is created. */
  retentionMs: number;
  /** How long a publish, or any other call, may take. */
  deadlineMs: number;
  /** How long a consumer that died keeps its partitions. */
  sessionTimeoutMs: number;
  /** Well under `sessionTimeoutMs`. */
  heartbeatMs: number;
  /** How long others wait for the batches in hand of a member when a group is shared out anew. */
  rebalanceTimeoutMs: number;
  /** How long one fetch waits where there is nothing new. */
  maxWaitMs: number;
}

export const kafkaBusDefaults: Omit<KafkaBusOptions, 'brokers'> = {
  retentionMs: 4 * 86_400_000,
  deadlineMs: 5_000,
  sessionTimeoutMs: 10_000,
  heartbeatMs: 2_000,
  rebalanceTimeoutMs: 60_000,
  maxWaitMs: 200,
};

/** Retries are few and quick: whoever calls has a deadline, and consumers are started again for ever. */
export function createClient(options: KafkaBusOptions, log: Logger): Kafka {
  return new Kafka({
    clientId: 'longwire',
    brokers: options.brokers,
    connectionTimeout: Math.min(2_000, options.deadlineMs),
    requestTimeout: options.deadlineMs,
    retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 4 },
    logCreator: kafkaLog(log),
  });
}
