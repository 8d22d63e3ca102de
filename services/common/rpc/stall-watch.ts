import { every, tickMs } from '../ticks.ts';

/** As long as a caller waits before it repeats a call: what is older was made again elsewhere. */
const longestMs = 1_500;

const watchers = new Set<() => void>();
let end: (() => void) | undefined;
let lastMs = 0;

/**
 * Tells that this process stood still (was stopped, or its machine slept): before anything that came meanwhile is read, as timers run first.
 * Calls from before that must be neither made nor sent: their callers have repeated them, and what was right then is not any more.
 *
 * @param onStall one of its own for each watch
 * @returns what ends the watch.
 */
export function watchStalls(onStall: () => void): () => void {
  watchers.add(onStall);
  if (end === undefined) {
    lastMs = performance.now();
    end = every(tickMs, look);
  }
  return () => {
    watchers.delete(onStall);
    if (watchers.size > 0) return;
    end?.();
    end = undefined;
  };
}

function look(): void {
  const nowMs = performance.now();
  const stood = nowMs - lastMs > longestMs;
  lastMs = nowMs;
  if (stood) for (const onStall of watchers) onStall();
}
