/** Everything here happens at a multiple of this, ms. */
export const tickMs = 250;

interface Ticker {
  ticks: number;
  run: () => void;
}

const tickers = new Set<Ticker>();
let timer: NodeJS.Timeout | undefined;
/** Ticks of the clock so far, also of those that passed while the process stood still. */
let count = 0;

/**
 * Runs something again and again, for what need not be exact: by one timer for all of the process, whose wake-ups fall together, as each costs
 * more than most of what is done then. Doesn't keep the process alive. What became due while the process stood still (was stopped, or its
 * machine slept) runs once, as soon as the process goes on and before anything is read, as timers run first.
 *
 * @param everyMs rounded to a multiple of `tickMs`, one at the least; the first run comes within this time, not at its end
 * @param run what it throws ends the process, as from any timer
 * @returns what ends it; may be called twice.
 */
export function every(everyMs: number, run: () => void): () => void {
  const ticker = { ticks: Math.max(1, Math.round(everyMs / tickMs)), run };
  tickers.add(ticker);
  timer ??= setInterval(tick, tickMs).unref();
  return () => {
    tickers.delete(ticker);
    if (tickers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Resolves when `every` would run something, or when that is called off. */
export function nextRun(everyMs: number, calledOff: AbortSignal): Promise<void> {
  if (calledOff.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = every(everyMs, done);
  calledOff.addEventListener('abort', done);
  function done(): void {
    end();
    calledOff.removeEventListener('abort', done);
    resolve();
  }
  return promise;
}

function tick(): void {
  const before = count;
  count = Math.max(before + 1, Math.floor(performance.now() / tickMs));
  for (const { ticks, run } of tickers) if (Math.floor(count / ticks) > Math.floor(before / ticks)) run();
}
