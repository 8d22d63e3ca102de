import { type logCreator, logLevel } from 'kafkajs';
import type { Logger } from '../../log.ts';

/**
 * kafkajs' own log lines, one level below what it thinks of them: it calls every lost connection an error, and what of
 * that matters is reported by who tried.
 */
export function kafkaLog(log: Logger): logCreator {
  return () =>
    ({ level, namespace, log: { message, error, groupId, broker } }) => {
      const fields = { client: 'kafkajs', namespace, reason: error, groupId, broker };
      if (level === logLevel.ERROR) log.info(fields, message);
      else log.debug(fields, message);
    };
}
