import { randomBytes } from 'node:crypto';
import { Collector, type Snapshot } from './core/collector.ts';
import type { FromWorker, ToWorker } from './core/messages.ts';
import type { LoadOptions } from './core/options.ts';
import { type Phase, progressLine } from './core/progress.ts';
import { makeReport, type Report } from './core/report.ts';
import { ApiClient } from './edges/api-client.ts';
import { nowUs } from './edges/clock.ts';
import type { Interrupts } from './edges/interrupts.ts';
import { startWorker, type WorkerProcess } from './edges/worker-process.ts';
import { LoadError } from './load-error.ts';

export interface LoadPorts {
  interrupts: Interrupts;
  /** Told every second. */
  progress: (line: string) => void;
}

/** The set-up ends when no further device has got ready for so long. Longer than a device is asked to stay away. */
const idleSetupSeconds = 60;
/** From the word to push until the first push is due: time for every worker to hear it. */
const leadUs = 200_000;
const finishLimitMs = 15_000;

/**
 * Connects the devices, pushes for as long as was asked, waits for what is outstanding, and says what came of it.
 *
 * @throws LoadError if the API refuses the credentials or can't be reached, or no device gets ready
 */
export async function runLoad(options: LoadOptions, { interrupts, progress }: LoadPorts): Promise<Report> {
  const { shape, target } = options;
  const startedAt = new Date().toISOString();
  const run = randomBytes(4).toString('hex');
  const token = await authenticate(options);
  const expected = shape.devices / shape.connectRate + shape.duration + shape.drain;
  const collector = new Collector(shape.processes, expected);
  const faults: string[] = [];
  const beganUs = nowUs();
  const seconds = { connecting: 0, pushing: 0, draining: 0 };
  const workers: WorkerProcess[] = [];
  const finished = new Set<number>();
  const toAll = (message: ToWorker, but?: number): void => {
    for (const [index, worker] of workers.entries()) if (index !== but) worker.send(message);
  };
  const hear = (worker: number, message: FromWorker): void => {
    if (message.t === 'fanOut') toAll(message, worker);
    else collector.tick(worker, message.tick);
    if (message.t === 'tick' && message.last) finished.add(worker);
  };
  for (let worker = 0; worker < shape.processes; worker++) {
    const task = { worker, workers: shape.processes, target, token, run, shape };
    const started = startWorker(task, (message) => hear(worker, message));
    workers.push(started);
    void started.ended.then(() => {
      if (finished.has(worker)) return;
      faults.push(`worker ${worker} ended before its time`);
      collector.gone(worker);
    });
  }

  let snapshot = collector.second(0);
  /** Goes through a phase second by second, until `limit` (seconds) or `done`, or a further interrupt. */
  const phase = async (name: Phase, limit: number, done: (snapshot: Snapshot, elapsed: number) => boolean) => {
    const from = nowUs();
    const interruptsBefore = interrupts.count;
    for (let second = 1; ; second++) {
      const until = from + Math.min(second, limit) * 1_000_000;
      await interrupts.pause(Math.max(0, until - nowUs()) / 1_000);
      snapshot = collector.second((nowUs() - beganUs) / 1_000_000);
      const at = (nowUs() - beganUs) / 1_000_000;
      progress(progressLine({ phase: name, at, devices: shape.devices, snapshot, delivery: collector.delivery() }));
      const elapsed = (nowUs() - from) / 1_000_000;
      const ended = finished.size === 0 && faults.length === workers.length;
      if (done(snapshot, elapsed) || elapsed >= limit || ended || interrupts.count > interruptsBefore) {
        return Math.round(elapsed * 10) / 10;
      }
    }
  };

  try {
    let [most, mostAt] = [0, 0];
    seconds.connecting = await phase('connecting', Number.POSITIVE_INFINITY, ({ ready, stopped }, elapsed) => {
      if (ready > most) [most, mostAt] = [ready, elapsed];
      return ready + stopped >= shape.devices || elapsed - mostAt > idleSetupSeconds;
    });
    const { ready } = snapshot;
    if (interrupts.count === 0) {
      if (ready === 0) throw new LoadError(`no device got ready: ${reasonsOf(snapshot) || 'none was answered'}`);
      const fromUs = nowUs() + leadUs;
      toAll({ t: 'push', fromUs, untilUs: fromUs + shape.duration * 1_000_000 });
      seconds.pushing = await phase('pushing', shape.duration + leadUs / 1_000_000, () => false);
      toAll({ t: 'stop' });
      let quiet = 0;
      seconds.draining = await phase('draining', shape.drain, ({ inFlight, outstanding }) => {
        quiet = inFlight + outstanding === 0 ? quiet + 1 : 0;
        // Twice, as workers tell each at its own time, and a copy may come after all the others.
        return quiet >= 2;
      });
    }
    await finish();
    const interrupted = interrupts.count > 0;
    return makeReport({ run, startedAt, interrupted, faults, options, seconds, ready, collector });
  } finally {
    for (const worker of workers) worker.kill();
  }

  async function finish(): Promise<void> {
    toAll({ t: 'finish' });
    const late = new AbortController();
    const limit = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, finishLimitMs);
      late.signal.addEventListener('abort', () => clearTimeout(timer));
    });
    await Promise.race([Promise.all(workers.map(({ ended }) => ended)), limit]);
    late.abort();
    workers.forEach((_, index) => {
      if (!finished.has(index) && faults.every((fault) => !fault.startsWith(`worker ${index} `))) {
        faults.push(`worker ${index} did not tell its last figures`);
      }
    });
  }
}

/** @throws LoadError */
async function authenticate({ target }: LoadOptions): Promise<string> {
  const api = new ApiClient(target, 1);
  try {
    return await api.authenticate(target);
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    throw new LoadError(`${target.api}: ${message || code}`);
  } finally {
    await api.close();
  }
}

function reasonsOf({ counts }: Snapshot): string {
  return Object.entries(counts.connectFailures)
    .map(([reason, count]) => `${reason} (${count})`)
    .join(', ');
}
