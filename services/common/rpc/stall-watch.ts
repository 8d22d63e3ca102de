const everyMs = 250;
/** As long as a caller waits before it repeats a call: what is older was made again elsewhere. */
const longestMs = 1_500;

/** What is told, by one timer for all of the process: each timer would wake it up four times a second. */
const watchers = new Set<() => void>();
let timer: NodeJS.Timeout | undefined;
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
  if (timer === undefined) {
    lastMs = performance.now();
    timer = setInterval(look, everyMs).unref();
  }
  return () => {
    watchers.delete(onStall);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function look(): void {
  const nowMs = performance.now();
  const stood = nowMs - lastMs > longestMs;
  lastMs = nowMs;
  if (stood) for (const onStall of watchers) onStall();
}
