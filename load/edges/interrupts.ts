import { EventEmitter, once } from 'node:events';

/** Ctrl-C comes twice, from the terminal and from the process that started this one: signals so close together are one. */
const sameSignalMs = 500;

/** What interrupts a load: the first time pushes end, the second time nothing is waited for. */
export interface Interrupts {
  readonly count: number;
  /** Resolves after `ms`, or at the next interrupt. */
  pause(ms: number): Promise<void>;
}

export function watchInterrupts(): Interrupts {
  const events = new EventEmitter();
  let count = 0;
  let last = Number.NEGATIVE_INFINITY;
  const heard = (): void => {
    const now = performance.now();
    if (now - last < sameSignalMs) return;
    last = now;
    count++;
    events.emit('interrupt');
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, heard);
  return {
    get count() {
      return count;
    },
    async pause(ms) {
      const ended = new AbortController();
      const timer = setTimeout(() => ended.abort(), ms);
      await once(events, 'interrupt', { signal: ended.signal }).catch(() => {});
      clearTimeout(timer);
    },
  };
}
