import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch } from '../../common/bus/bus.ts';
import { LongwireError } from '../../common/errors.ts';
import type { Identity } from '../../common/identity.ts';
import type { App } from '../../common/protocol/app.ts';
import { type DropReason, Lane, type LaneDeps } from './lane.ts';
import type { Told } from './lines.ts';
import { type Reportable, readReceipt } from './read-receipt.ts';
import { Recent } from './recent.ts';
import { Room } from './room.ts';

export interface CallbacksDeps extends Omit<LaneDeps, 'stopped'> {
  identity: Pick<Identity, 'messageId'>;
  /** Receipts of one app that wait at the most; further ones are dropped. Read each time, as it may change. */
  limits: { readonly callbackMaxWaiting: number };
}

/** Receipts of all apps that wait at the most. */
const maxWaitingTotal = 300_000;
/** Receipts offered at once, but for a record that has more. */
const maxRun = 2_000;
/** Events remembered so that nobody is told twice in a row. */
const maxRecent = 100_000;

/**
 * Tells upstreams what happened to their messages.
 *
 * - CB2 A partition waits for upstreams that answer promptly, and no longer than `promptMs` for each run of receipts: what these
 *   were told is committed after that. It never waits for one that is slow or away.
 * - CB3 What isn't taken by then waits in memory, in order, up to a bound per app, beyond which it is dropped and counted.
 */
export class Callbacks {
  readonly #deps: CallbacksDeps;
  readonly #room: Room;
  readonly #recent = new Recent(maxRecent);
  readonly #lanes = new Map<string, Lane>();
  readonly #stopped = new AbortController();

  constructor(deps: CallbacksDeps) {
    this.#deps = deps;
    this.#room = new Room(() => deps.limits.callbackMaxWaiting, maxWaitingTotal);
  }

  /** Receipts that wait or are under way. */
  get waiting(): number {
    return this.#room.total;
  }

  /** @throws LongwireError if an app can't be looked up or the partition is given up: the batch has to come again. */
  async handle({ partition, records, stale }: Batch): Promise<void> {
    const reportable = records.flatMap(({ value }) => readReceipt(value) ?? []);
    const wanted = await this.#appsWithCallback(reportable);
    for (const run of runsOf(reportable.filter(({ app }) => wanted.has(app)))) {
      // To resolve would commit what is left; it has to come again, to whoever has the partition now.
      if (stale()) throw new LongwireError('unavailable', 'the partition is given up');
      const lanes = run.flatMap(({ app, told }) => this.#offer(app, partition, told) ?? []);
      await this.#waitFor([...new Set(lanes)]);
    }
  }

  /** Goes on telling until the deadline; what is left then is dropped. */
  async stop(deadlineMs: number): Promise<void> {
    const done = new AbortController();
    const late = sleep(Math.max(0, deadlineMs - Date.now()), undefined, { signal: done.signal }).catch(() => {});
    await Promise.race([this.#idle(), late]);
    done.abort();
    this.#stopped.abort();
  }

  /** Resolves when nothing waits and nothing is under way. */
  async #idle(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.idle()));
  }

  /** Before anything is offered, so that a batch that has to come again was not told in part. */
  async #appsWithCallback(reportable: Reportable[]): Promise<Set<string>> {
    const ids = [...new Set(reportable.map(({ app }) => app))];
    const apps = await Promise.all(ids.map((id) => this.#deps.find(id)));
    return new Set(ids.filter((_, index) => isTold(apps[index]!)));
  }

  /** The lane it went into; undefined if there was nothing new or no room. */
  #offer(app: string, partition: number, all: Omit<Told, 'msgId'>): Lane | undefined {
    const told = { ...all, msgId: this.#deps.identity.messageId(app, all.task) };
    const cids = this.#recent.unseen(app, told);
    if (cids.length === 0) return undefined;
    if (!this.#room.take(app, cids.length)) {
      this.#deps.metrics.dropped.inc({ reason: 'overflow' satisfies DropReason }, cids.length);
      return undefined;
    }
    const lane = this.#lane(app, partition);
    lane.add({ ...told, cids });
    return lane;
  }

  #lane(app: string, partition: number): Lane {
    const key = `${app} ${partition}`;
    const known = this.#lanes.get(key);
    if (known) return known;
    const deps = { ...this.#deps, stopped: this.#stopped.signal };
    const lane: Lane = new Lane(app, deps, {
      done: (count) => this.#room.leave(app, count),
      // One that has nothing to do and is like new is made anew when it is needed.
      idle: () => void (lane.prompt && this.#lanes.delete(key)),
    });
    this.#lanes.set(key, lane);
    return lane;
  }

  /** Of lanes that are not idle in time it is noted that they aren't to be waited for. */
  async #waitFor(lanes: Lane[]): Promise<void> {
    const prompt = lanes.filter((lane) => lane.prompt);
    if (prompt.length === 0) return;
    const done = new AbortController();
    const late = sleep(this.#deps.promptMs, undefined, { signal: done.signal }).catch(() => {});
    await Promise.race([Promise.all(prompt.map((lane) => lane.idle())), late]);
    done.abort();
    for (const lane of prompt) if (lane.busy) lane.late();
  }
}

function isTold(app: App | null): boolean {
  return app !== null && app.callbackUrl !== undefined && !app.disabled;
}

interface Offered {
  app: string;
  told: Omit<Told, 'msgId'>;
}

/** What can't be read whole is passed over. */
function runsOf(reportable: Reportable[]): Offered[][] {
  const runs: Offered[][] = [];
  let count = Number.POSITIVE_INFINITY;
  const receipts = reportable.flatMap(({ actionId, whole }) => whole().map((receipt) => ({ actionId, ...receipt })));
  for (const { app, actionId, task, at, cids } of receipts) {
    if (count + cids.length > maxRun) {
      runs.push([]);
      count = 0;
    }
    runs.at(-1)!.push({ app, told: { task, actionId, at, cids } });
    count += cids.length;
  }
  return runs;
}
