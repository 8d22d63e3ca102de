import type { LineLog, LogWrite } from '../common/line-log.ts';

const levels = ['debug', 'info', 'warn', 'error', 'fatal'] as const;
/** Bytes that may wait to be written; then lines are dropped. */
const maxWaitingBytes = 1_048_576;

/** Lines like those of the roles' log, without its library: the agent is to stay small. */
export function createAgentLog(
  base: Record<string, string>,
  level: (typeof levels)[number],
  out: Pick<NodeJS.WriteStream, 'write' | 'writableLength'>,
): LineLog {
  return {
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
    fatal: writer('fatal'),
    flush: (done) => void out.write('', () => done()),
  };

  function writer(of: (typeof levels)[number]): LogWrite {
    if (levels.indexOf(of) < levels.indexOf(level)) return () => {};
    return (fields: object | string, text?: string) => {
      if (out.writableLength > maxWaitingBytes) return;
      const [own, msg] = typeof fields === 'string' ? [{}, fields] : [fields, text];
      const time = new Date().toISOString();
      out.write(`${JSON.stringify({ level: of, time, ...base, ...plain(own), msg })}\n`);
    };
  }
}

/** An error has no fields of its own that JSON would show. */
function plain(fields: object): object {
  const entries = Object.entries(fields).map(([name, value]) =>
    value instanceof Error ? [name, { type: value.name, message: value.message, stack: value.stack }] : [name, value],
  );
  return Object.fromEntries(entries);
}
