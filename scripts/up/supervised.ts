import type { Running } from './role-process.ts';

export interface Unit {
  role: string;
  /** Unique within one system. */
  instance: string;
  /** Where it says whether it can serve, lives, and how it does; null for a store, which has no such page. */
  ops: { ready: string; live: string; metrics: string | null } | null;
  start: () => Promise<Running>;
}

export interface SupervisedOptions {
  /** Another process, or none, stands for the unit now. */
  onChange: () => void;
  /** The process ended by itself; `retryInMs` says when the next one starts. */
  onEnd: (end: { exitCode: number | null; retryInMs: number }) => void;
}

type State = { kind: 'idle' } | { kind: 'starting'; started: Promise<void> } | { kind: 'running'; process: Running };

const firstRetryMs = 200;
const longestRetryMs = 10_000;
/** A process that ran this long has proven itself: the next retry is quick again. */
const provenMs = 30_000;

/** Pause before the next start after `failures` quick ends in a row, ms. */
export function retryPauseMs(failures: number): number {
  return Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures, 20));
}

/** Keeps one process running until it is told to stop: one that ends is started again, as Kubernetes would. */
export class Supervised {
  readonly unit: Unit;
  #options: SupervisedOptions;
  #state: State = { kind: 'idle' };
  #failures = 0;
  #stopped = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(unit: Unit, options: SupervisedOptions) {
    this.unit = unit;
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#state.kind === 'running' ? this.#state.process.pid : undefined;
  }

  /** @throws whatever keeps the first process from starting; later ones are tried again and again. */
  async start(): Promise<void> {
    const started = this.#run();
    this.#state = { kind: 'starting', started: started.catch(() => {}) };
    try {
      await started;
    } catch (error) {
      this.#state = { kind: 'idle' };
      throw error;
    }
  }

  /** Ends the process that runs now, at once; another follows. For one that hangs. */
  async kill(): Promise<void> {
    if (this.#state.kind === 'running') await this.#state.process.end('SIGKILL');
  }

  /** No process runs once this resolves, and none will. May be called twice. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    if (this.#state.kind === 'starting') await this.#state.started;
    if (this.#state.kind === 'running') await this.#state.process.end('SIGTERM', graceMs);
  }

  async #run(): Promise<void> {
    const process = await this.unit.start();
    const startedAt = Date.now();
    this.#state = { kind: 'running', process };
    void process.ended.then(() => {
      this.#state = { kind: 'idle' };
      if (Date.now() - startedAt >= provenMs) this.#failures = 0;
      this.#scheduleRetry(process.exitCode?.() ?? null);
    });
    this.#options.onChange();
  }

  #scheduleRetry(exitCode: number | null): void {
    this.#options.onChange();
    if (this.#stopped) return;
    const retryInMs = retryPauseMs(this.#failures++);
    this.#options.onEnd({ exitCode, retryInMs });
    this.#retry = setTimeout(() => {
      this.start().catch(() => this.#scheduleRetry(null));
    }, retryInMs);
  }
}
