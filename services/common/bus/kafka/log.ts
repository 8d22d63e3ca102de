import type { logCreator } from 'kafkajs';
import type { Logger } from '../../log.ts';

/**
 * kafkajs' own log lines, all of them for debugging: it calls every attempt to connect an error, and what matters of
 * that is reported by who tried.
 */
export function kafkaLog(log: Logger): logCreator {
  return () =>
    ({ label, namespace, log: { message, error, groupId, broker } }) => {
      log.debug({ client: 'kafkajs', severity: label, namespace, reason: error, groupId, broker }, message);
    };
}
