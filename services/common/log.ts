import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/**
 * One JSON line an event on standard output. Text is constant, data goes into fields; tokens, secrets, signatures and
 * payloads never do, and the fields that could hold one by accident are cut out.
 */
export function createLog(role: string, instance: string, level: string): Logger {
  return pino({
    level,
    base: { role, instance },
    redact: ['token', 'sign', 'secret', 'body', 'payload', '*.token', '*.sign', '*.secret', '*.body', '*.payload'],
    formatters: { level: (label) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}
