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

/** Tries of a publish or a question: few and quick, as whoever calls has a deadline. */
const callRetry = { initialRetryTime: 50, maxRetryTime: 500, retries: 4 };
/** Tries of a consumer: about a minute, so that a broker's restart leaves it in its group, and costs no rebalance. */
export const consumerRetry = { initialRetryTime: 50, maxRetryTime: 500, retries: 120 };

export function createClient(options: KafkaBusOptions, log: Logger, use: 'calls' | 'consumers'): Kafka {
  return new Kafka({
    clientId: 'longwire',
    brokers: options.brokers,
    connectionTimeout: Math.min(2_000, options.deadlineMs),
    requestTimeout: options.deadlineMs,
    retry: use === 'calls' ? callRetry : consumerRetry,
    logCreator: kafkaLog(log),
  });
}
