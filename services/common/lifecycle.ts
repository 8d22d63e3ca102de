import { flushed, type LineLog } from './line-log.ts';

type Stop = (deadlineMs: number) => void | Promise<void>;

/**
 * What starts also stops: each part registers how it stops when it has started; `stop` runs them in reverse order,
 * once, and each one that fails is logged and does not keep the others from stopping.
 */
export class Lifecycle {
  #stops: { name: string; stop: Stop }[] = [];
  #log: LineLog;
  #stopping: Promise<void> | undefined;

  constructor(log: LineLog) {
    this.#log = log;
  }

  onStop(name: string, stop: Stop): void {
    this.#stops.push({ name, stop });
  }

  /** Stops all parts within `graceMs`; may be called twice. */
  stop(graceMs: number): Promise<void> {
    this.#stopping ??= this.#run(Date.now() + graceMs);
    return this.#stopping;
  }

  async #run(deadlineMs: number): Promise<void> {
    for (const { name, stop } of this.#stops.reverse()) {
      const leftMs = Math.max(100, deadlineMs - Date.now());
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<'late'>((resolve) => {
        timer = setTimeout(() => resolve('late'), leftMs);
      });
      try {
        const outcome = await Promise.race([Promise.resolve(stop(deadlineMs)), late]);
        if (outcome === 'late') this.#log.warn({ part: name }, 'part did not stop in time');
      } catch (error) {
        this.#log.warn({ part: name, err: error }, 'part failed to stop');
      } finally {
        clearTimeout(timer);
      }
    }
  }
}

/** Waits for SIGTERM or SIGINT, stops the service and ends the process; a fault nobody caught ends it at once. */
export function runUntilSignal(lifecycle: Lifecycle, log: LineLog, graceMs: number): void {
  const end = async (signal: string): Promise<void> => {
    log.info({ signal }, 'stopping');
    await lifecycle.stop(graceMs);
    log.info('stopped');
    // At the exit what is left is written at once, ahead of lines that are on their way.
    await flushed(log);
    process.exit(0);
  };
  process.on('SIGTERM', () => void end('SIGTERM'));
  process.on('SIGINT', () => void end('SIGINT'));
  const crash = (error: unknown): void => {
    log.fatal({ err: error }, 'unexpected fault');
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}
