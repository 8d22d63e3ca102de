const everyMs = 250;
/** As long as a caller waits before it repeats a call: what is older was made again elsewhere. */
const longestMs = 1_500;

/**
 * Tells that this process stood still (was stopped, or its machine slept): before anything that came meanwhile is read, as timers run first.
 * Calls from before that must be neither made nor sent: their callers have repeated them, and what was right then is not any more.
 *
 * @returns what ends the watch.
 */
export function watchStalls(onStall: () => void): () => void {
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    if (nowMs - lastMs > longestMs) onStall();
    lastMs = nowMs;
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
