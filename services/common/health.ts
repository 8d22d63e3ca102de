/** Answers a fault in a few words, or nothing when all is well. */
export type Check = () => string | undefined;

export interface HealthReport {
  ok: boolean;
  faults: Record<string, string>;
}

/**
 * What the probes ask. *Live* means this process still makes progress of its own: it says nothing of stores, so a dead
 * store never restarts a healthy pod. *Ready* means it can serve now.
 */
export class Health {
  #live = new Map<string, Check>();
  #ready = new Map<string, Check>();
  #notes = new Map<string, () => unknown>();
  #stopping = false;

  addLive(name: string, check: Check): void {
    this.#live.set(name, check);
  }

  addReady(name: string, check: Check): void {
    this.#ready.set(name, check);
  }

  /** Adds to the report of `ready` what bears on no answer of it. */
  addNote(name: string, note: () => unknown): void {
    this.#notes.set(name, note);
  }

  /** From now on not ready, whatever the checks say. */
  startStopping(): void {
    this.#stopping = true;
  }

  live(): HealthReport {
    return report(this.#live);
  }

  /** Beside the report, what parts tell of themselves. */
  ready(): HealthReport & Record<string, unknown> {
    const told = Object.fromEntries([...this.#notes].map(([name, note]) => [name, note()]));
    if (this.#stopping) return { ...told, ok: false, faults: { lifecycle: 'stopping' } };
    return { ...told, ...report(this.#ready) };
  }
}

/** A check that fails when `mark` was not called for `limitMs`, for loops that must keep turning. */
export class ProgressMark {
  #at = Date.now();
  readonly limitMs: number;

  constructor(limitMs: number) {
    this.limitMs = limitMs;
  }

  mark(): void {
    this.#at = Date.now();
  }

  check: Check = () => {
    const idleMs = Date.now() - this.#at;
    return idleMs > this.limitMs ? `no progress for ${idleMs} ms` : undefined;
  };
}

function report(checks: Map<string, Check>): HealthReport {
  const faults: Record<string, string> = {};
  for (const [name, check] of checks) {
    const fault = check();
    if (fault !== undefined) faults[name] = fault;
  }
  return { ok: Object.keys(faults).length === 0, faults };
}
