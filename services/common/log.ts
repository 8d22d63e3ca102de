import { type Logger, pino } from 'pino';
import { traceIdsOf } from './tracing/trace-ids.ts';

export type { Logger } from 'pino';

/**
 * One JSON line an event on standard output. Text is constant, data goes into fields; tokens, secrets, signatures and
 * payloads never do, and the fields that could hold one by accident are cut out. A line about a task names its trace too.
 */
export function createLog(role: string, instance: string, level: string): Logger {
  return pino(
    {
      level,
      base: { role, instance },
      redact: ['token', 'sign', 'secret', 'body', 'payload', '*.token', '*.sign', '*.secret', '*.body', '*.payload'],
      formatters: { level: (label) => ({ level: label }), log: withTrace },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    // While more than `maxLength` bytes wait to be written, lines are dropped. With a `minLength` of 0 a flush waits for nothing.
    pino.destination({ dest: 1, sync: false, minLength: 1, maxLength: 8 * 1024 * 1024 }),
  );
}

function withTrace(fields: Record<string, unknown>): Record<string, unknown> {
  const { task } = fields;
  const ids = typeof task === 'string' ? traceIdsOf(task) : undefined;
  return ids ? { ...fields, traceId: ids.traceId } : fields;
}
