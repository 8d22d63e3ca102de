/** What of a log is written to: `Logger` in log.ts, and the agent's own. */
export interface LineLog {
  info: LogWrite;
  warn: LogWrite;
  error: LogWrite;
  fatal: LogWrite;
  /** Calls back when all lines are written. */
  flush(done: () => void): void;
}

export interface LogWrite {
  (fields: object, text: string): void;
  (text: string): void;
}

/** Resolves when all lines are written, or after a second: nobody may be there to read them. */
export async function flushed(log: Pick<LineLog, 'flush'>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const late = setTimeout(resolve, 1_000);
  log.flush(() => resolve());
  await promise;
  clearTimeout(late);
}
