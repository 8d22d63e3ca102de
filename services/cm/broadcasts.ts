import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from '../common/log.ts';
import type { BroadcastEntry } from '../common/protocol/broadcast-calls.ts';
import { withBseq } from '../common/protocol/push-frame.ts';
import type { PushTraces } from '../common/tracing/push-traces.ts';
import { BroadcastReader } from './broadcast-reader.ts';
import type { BroadcastCursor } from './core/broadcast-cursor.ts';
import { BroadcastLog } from './core/broadcast-log.ts';
import { textFrame } from './core/frame-writer.ts';
import type { Gateway, Link } from './gateway.ts';
import type { CmMetrics } from './metrics.ts';
import type { BroadcastLogs } from './ports.ts';

export interface BroadcastsDeps {
  logs: BroadcastLogs;
  gateway: () => Pick<Gateway, 'sendFrame'>;
  /** Told which devices a task was written to. */
  sent: (app: string, task: string, cids: string[]) => void;
  metrics: Pick<CmMetrics, 'pushes'>;
  /** Undefined where tracing is off. */
  traces?: PushTraces | undefined;
  now: () => number;
  log: Logger;
}

/** An entry that nobody has been offered yet, and the position of the one before it. */
interface NewEntry {
  entry: BroadcastEntry;
  before: number;
  frame: Buffer;
}

/** What this node has of one app, while it has connections of it. */
interface AppState {
  app: string;
  log: BroadcastLog;
  links: Set<Link>;
  /** The log was read to its end once: what comes from then on is new. */
  loaded: boolean;
  reading: Promise<void> | undefined;
  /** Something may have come since the read under way began. */
  again: boolean;
  /** When to look by itself. */
  lookAt: number;
}

/** How often an app's log is looked at without a hint. */
const tailMs = 5_000;
/** The same while it can't be read, or its view is not whole. */
const retryMs = 250;
/** Entries that one connection reads on at once. */
const catchUpPage = 16;
/** Bytes that go to a socket in one write at the most, but for a message that has more. */
const maxBurstBytes = 32_768;
/** How long writing to sockets may hold the event loop, ms. */
const sliceMs = 8;
/** Sockets written to between two looks at the clock. */
const sliceLinks = 32;

/**
 * Broadcasts on this node: tails the logs of the apps that have connections here, and writes each new entry to all of them.
 * A connection that was away, or whose socket stalls, reads on from its own position.
 */
export class Broadcasts {
  #deps: BroadcastsDeps;
  #apps = new Map<string, AppState>();
  /** Connections that could not read on. */
  #behind = new Set<Link>();
  #reader: BroadcastReader;

  constructor(deps: BroadcastsDeps) {
    this.#deps = deps;
    this.#reader = new BroadcastReader(deps.logs);
  }

  /** Where the app's log ends: the cursor of a device that has none. 0 where that can't be learnt. */
  async tailOf(app: string): Promise<number> {
    const state = this.#stateOf(app);
    if (!state.loaded) await this.#read(state);
    return state.log.tail;
  }

  /** Tasks of stored entries after one position up to another, as far as they are known here. */
  tasksBetween(app: string, after: number, upTo: number): string[] {
    const entries = this.#apps.get(app)?.log.between(after, upTo) ?? [];
    return entries.filter(({ stored }) => stored).map(({ task }) => task);
  }

  /** A connection has logged in: it reads on, and gets what comes from now on. */
  join(link: Link, app: string): void {
    const state = this.#stateOf(app);
    state.links.add(link);
    this.#fellBehind(link);
  }

  leave(link: Link, app: string): void {
    this.#apps.get(app)?.links.delete(link);
    this.#behind.delete(link);
  }

  /** A connection may read on: its socket has drained. */
  resume(link: Link): void {
    const { cursor, blocked } = link.connection;
    if (cursor?.due && !blocked && link.wire.open) this.#catchUp(link);
  }

  /** There is something new in these logs; of apps without connections here nothing is read. */
  hint(apps: string[]): void {
    for (const app of apps) {
      const state = this.#apps.get(app);
      if (state) void this.#read(state);
    }
  }

  /** To be called a few times a second: looks at logs, tries again what failed, forgets apps that nobody is here of. */
  tick(): void {
    const now = this.#deps.now();
    for (const state of this.#apps.values()) {
      if (state.lookAt > now) continue;
      if (state.links.size > 0) void this.#read(state);
      else if (state.reading === undefined) this.#apps.delete(state.app);
    }
    const behind = [...this.#behind];
    this.#behind.clear();
    for (const link of behind) this.resume(link);
  }

  #stateOf(app: string): AppState {
    const known = this.#apps.get(app);
    if (known) return known;
    const state: AppState = {
      ...{ app, log: new BroadcastLog(), links: new Set<Link>() },
      ...{ loaded: false, reading: undefined, again: false, lookAt: this.#deps.now() + tailMs },
    };
    this.#apps.set(app, state);
    return state;
  }

  /** One read of a log at a time; one that is asked for meanwhile follows. Never rejects. */
  #read(state: AppState): Promise<void> {
    state.again = true;
    state.reading ??= this.#readAll(state).finally(() => {
      state.reading = undefined;
    });
    return state.reading;
  }

  async #readAll(state: AppState): Promise<void> {
    try {
      while (state.again) {
        state.again = false;
        const { entries, more, ready } = await this.#reader.after(state.app, state.log.tail);
        state.lookAt = this.#deps.now() + (ready ? tailMs : retryMs);
        if (!ready) return;
        if (more) state.again = true;
        if (state.loaded) await this.#takeNew(state, entries);
        else {
          state.log.add(entries, this.#deps.now());
          if (!more) this.#becameLoaded(state);
        }
      }
    } catch (error) {
      state.lookAt = this.#deps.now() + retryMs;
      this.#deps.log.debug({ err: error }, 'a log of broadcasts could not be read');
    }
  }

  #becameLoaded(state: AppState): void {
    state.loaded = true;
    for (const link of state.links) this.#fellBehind(link);
  }

  async #takeNew(state: AppState, entries: BroadcastEntry[]): Promise<void> {
    const bodies = await Promise.all(entries.map(({ task }) => this.#reader.body(state.app, task)));
    // Also a look that finds nothing lets go of what has expired.
    state.log.add([], this.#deps.now());
    let burst: NewEntry[] = [];
    let bytes = 0;
    for (const [index, entry] of entries.entries()) {
      const before = state.log.tail;
      state.log.add([entry], this.#deps.now());
      const body = bodies[index];
      if (body == null || entry.exp <= this.#deps.now()) continue;
      const frame = textFrame(entry.stored ? withBseq(body, entry.bseq) : body);
      if (burst.length > 0 && bytes + frame.length > maxBurstBytes) {
        await this.#writeToAll(state, burst);
        [burst, bytes] = [[], 0];
      }
      burst.push({ entry, before, frame });
      bytes += frame.length;
    }
    if (burst.length > 0) await this.#writeToAll(state, burst);
  }

  /** The same bytes to every connection, in slices between which other work gets its turn; what came together in one write. */
  async #writeToAll(state: AppState, burst: NewEntry[]): Promise<void> {
    const { traces, now } = this.#deps;
    const startMs = now();
    const gateway = this.#deps.gateway();
    const ofEach = burst.map(({ frame }) => frame);
    const whole = burst.length === 1 ? burst[0]!.frame : Buffer.concat(ofEach);
    const written = burst.map((): string[] => []);
    /** Which of them the connection at hand takes. */
    const taken = burst.map(() => false);
    let begunMs = performance.now();
    let count = 0;
    const flush = (): void => {
      for (const [index, cids] of written.entries()) {
        if (cids.length > 0) this.#wasSent(state.app, burst[index]!.entry.task, cids.splice(0));
      }
    };
    for (const link of state.links) {
      const { cursor, who, blocked } = link.connection;
      if (!cursor || !who || !link.wire.open) continue;
      let takes = 0;
      for (let index = 0; index < burst.length; index++) {
        const { entry, before } = burst[index]!;
        taken[index] = cursor.offer(entry, before, blocked);
        if (taken[index]) takes++;
      }
      const isWhole = takes === burst.length;
      if (takes > 0) {
        // In one write, as the socket may be over its limit after it.
        const frames = isWhole ? whole : Buffer.concat(ofEach.filter((_, index) => taken[index]));
        if (gateway.sendFrame(link, frames)) {
          for (let index = 0; index < burst.length; index++) if (taken[index]) written[index]!.push(who.cid);
        }
      }
      if (!isWhole) this.resume(link);
      if (++count % sliceLinks !== 0 || performance.now() - begunMs < sliceMs) continue;
      flush();
      await nextTurn();
      begunMs = performance.now();
    }
    flush();
    for (const { entry } of burst) traces?.record('write', entry.task, startMs, { 'longwire.devices': count });
  }

  #fellBehind(link: Link): void {
    link.connection.cursor?.fallBehind();
    this.resume(link);
  }

  /** Never rejects: who can't read on now does so later. */
  #catchUp(link: Link): void {
    const { cursor, who } = link.connection;
    const state = who && this.#apps.get(who.app);
    if (!cursor || !state) return;
    cursor.begin();
    this.#readOn(link, cursor, state)
      .catch((error: unknown) => {
        this.#deps.log.debug({ conn: link.id, err: error }, 'a connection could not read broadcasts');
        return true;
      })
      .then((left) => {
        cursor.end(left);
        // One whose socket is over its limit is called when that has drained.
        const { closed, blocked } = link.connection;
        if (cursor.due && !closed && !blocked) this.#behind.add(link);
      });
  }

  /** Answers whether something is left that could not go out now. */
  async #readOn(link: Link, cursor: BroadcastCursor, state: AppState): Promise<boolean> {
    const { now } = this.#deps;
    if (!state.loaded) return true;
    for (;;) {
      const entries = state.log.after(cursor.at, now(), catchUpPage);
      if (entries.length === 0) {
        cursor.passTo(state.log.tail);
        return false;
      }
      const bodies = await Promise.all(
        entries.map(({ task, stored }) => (stored ? this.#reader.body(state.app, task) : null)),
      );
      for (const [index, entry] of entries.entries()) {
        const { who, blocked } = link.connection;
        if (!who || !link.wire.open) return false;
        if (blocked) return true;
        const body = bodies[index];
        if (body == null || entry.exp <= now()) cursor.passTo(entry.bseq);
        else {
          cursor.went(entry);
          const went = this.#deps.gateway().sendFrame(link, textFrame(withBseq(body, entry.bseq)));
          if (went) this.#wasSent(who.app, entry.task, [who.cid]);
        }
      }
    }
  }

  #wasSent(app: string, task: string, cids: string[]): void {
    this.#deps.metrics.pushes.inc(cids.length);
    this.#deps.sent(app, task, cids);
  }
}
