import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { withDeadline } from '../bus/deadline.ts';
import { LongwireError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { nextRun } from '../ticks.ts';
import type { RedisAddress } from './address.ts';
import { clientOf, discover, type MasterPlace } from './discovery.ts';
import { epochOf, readServerInfo, type ServerInfo } from './server-info.ts';
import { slotCount } from './slots.ts';

/** One server that takes writes, as it is known now. */
export interface Master extends MasterPlace, ServerInfo {
  redis: Redis;
}

/** All masters at one time; a new object whenever one of them, or their slots, are others. */
export interface View {
  masters: Master[];
  /** Names the processes that hold the data: another one as soon as one of them is. */
  epoch: string;
}

export interface MastersOptions {
  address: RedisAddress;
  /** Of the connections, for the server's list of clients. */
  name: string;
  /** Of replies' form (RESP); 2 without it. */
  protocol?: 2 | 3;
  /** Of connecting, and of one question. */
  deadlineMs: number;
  /** How often each server is asked whether it still is a master, where that isn't `lookEveryMs`. */
  lookEveryMs?: number;
  /** Readies a new connection, before it is used. */
  prepare?: (redis: Redis) => Promise<unknown>;
  /** Looks at the data of each view, and again with each look. Rejects if it can't be used yet. */
  inspect?: (view: View) => Promise<void>;
}

/** How often each server is asked whether it still is a master. */
const lookEveryMs = 1_000;
/** How often Sentinels and Clusters are asked who the masters are, when nothing seems wrong. */
const discoverEveryMs = 5_000;
const longestPauseMs = 1_000;
const maxTold = 10;

/**
 * Connections to whichever servers are masters: of one server, behind Sentinels or of a Cluster. Open only while all of them
 * are connected, are masters and drop no keys. A server that became a replica, refuses, hangs or goes is left, and looked
 * for anew: names are resolved and Sentinels asked again with each connection. Nothing waits here while it is closed.
 */
export class Masters {
  #options: MastersOptions;
  #log: Logger;
  #view: View | undefined;
  /** By slot, where there are several. */
  #table: Master[] = [];
  #fault = 'not connected';
  /** Faults that were logged since it was open last. */
  #told = new Set<string>();
  #discoveredMs = 0;
  #stopped = new AbortController();
  #wake: AbortController | undefined;
  #suspected = false;
  #waiting = new Set<() => void>();

  constructor(options: MastersOptions, log: Logger) {
    this.#options = options;
    this.#log = log.child({ connection: options.name });
  }

  /** Begins to look; goes on until `stop`. */
  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stopped.abort();
    this.#wake?.abort();
    this.#close('stopped');
  }

  get open(): boolean {
    return this.#view !== undefined;
  }

  /** Why it is closed, in a few words. */
  get fault(): string | undefined {
    return this.#view ? undefined : this.#fault;
  }

  /** @throws LongwireError `unavailable` while it is closed. */
  view(): View {
    if (!this.#view) throw new LongwireError('unavailable', `redis: ${this.#fault}`);
    return this.#view;
  }

  /** The master that has a slot. @throws as `view` does. */
  at(slot: number): Master {
    const { masters } = this.view();
    return masters.length === 1 ? masters[0]! : this.#table[slot]!;
  }

  /** Resolves when it is open, or after its deadline. */
  async firstOpen(): Promise<void> {
    if (this.open) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    await withDeadline(promise, this.#options.deadlineMs, 'redis').catch(() => {});
    this.#waiting.delete(resolve);
  }

  /** Something speaks against the servers known: they are looked for anew, at once. */
  suspect(): void {
    this.#suspected = true;
    this.#wake?.abort();
  }

  /** Leaves a connection whose answers can't be waited for any more. */
  abandon(redis: Redis): void {
    redis.disconnect();
    if (this.#view?.masters.some((master) => master.redis === redis)) this.#close('did not answer in time');
    this.suspect();
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#stopped.signal.aborted; ) {
      const suspected = this.#suspected;
      this.#suspected = false;
      try {
        await this.#look(suspected);
        failures = 0;
      } catch (error) {
        failures++;
        this.#close(error instanceof Error ? error.message : String(error), error);
      }
      // What was suspected meanwhile is looked at now, but not more often than a failed look would be.
      const sound = this.#view && !this.#suspected;
      this.#wake = new AbortController();
      if (sound) await nextRun(this.#options.lookEveryMs ?? lookEveryMs, this.#wake.signal);
      else await sleep(failedRestMs(failures), undefined, { signal: this.#stopped.signal, ref: false }).catch(() => {});
    }
  }

  async #look(suspected: boolean): Promise<void> {
    const before = this.#view;
    const due = performance.now() - this.#discoveredMs >= discoverEveryMs;
    const places = before && !due && !suspected ? before.masters : await this.#discover(before?.masters ?? []);
    const opened: Redis[] = [];
    try {
      const masters = await Promise.all(places.map((place) => this.#visit(place, before, opened)));
      const view = { masters, epoch: epochOf(masters.map(({ runId }) => runId)) };
      const inspected = this.#options.inspect?.(view) ?? Promise.resolve();
      await withDeadline(inspected, this.#options.deadlineMs, 'redis');
      if (this.#stopped.signal.aborted) throw new Error('stopped');
      if (masters.some(({ redis }) => redis.status !== 'ready')) throw new Error('connection lost');
      this.#show(view, before);
    } catch (error) {
      for (const redis of opened) redis.disconnect();
      throw error;
    }
  }

  async #discover(known: MasterPlace[]): Promise<MasterPlace[]> {
    const { address, deadlineMs } = this.#options;
    const places = await discover(address, known, deadlineMs);
    this.#discoveredMs = performance.now();
    return places;
  }

  /** Connects to a place, unless it is connected, and asks what it is. */
  async #visit(place: MasterPlace, before: View | undefined, opened: Redis[]): Promise<Master> {
    const { address, name, deadlineMs, prepare, protocol } = this.#options;
    const known = before?.masters.find(({ host, port, redis }) => {
      return host === place.host && port === place.port && redis.status === 'ready';
    });
    const redis = known?.redis ?? clientOf(address, place, name, deadlineMs, protocol);
    if (!known) {
      opened.push(redis);
      await withDeadline(connected(redis), deadlineMs, 'redis');
    }
    const info = readServerInfo(await withDeadline(redis.info(), deadlineMs, 'redis'));
    if (info.isLoading) throw new Error('still loads its data');
    if (!info.isMaster) throw new Error('is a replica');
    if (info.evicting !== undefined) {
      throw new Error(`drops keys when memory is full (maxmemory-policy ${info.evicting}): set noeviction`);
    }
    if (!known) {
      await withDeadline(prepare?.(redis) ?? Promise.resolve(), deadlineMs, 'redis');
      redis.on('end', () => this.#lost(redis));
    }
    return { ...info, redis, host: place.host, port: place.port, slots: place.slots };
  }

  #show(view: View, before: View | undefined): void {
    const kept = new Set(view.masters.map(({ redis }) => redis));
    const table = new Array<Master>(view.masters.length > 1 ? slotCount : 0);
    for (const master of view.masters) for (const [from, to] of master.slots) table.fill(master, from, to + 1);
    this.#table = table;
    this.#view = view;
    for (const { redis } of before?.masters ?? []) if (!kept.has(redis)) redis.disconnect();
    if (before?.epoch !== view.epoch) {
      this.#log.info({ runId: view.epoch, masters: view.masters.length }, 'redis connected');
    }
    this.#told.clear();
    for (const resolve of this.#waiting) resolve();
  }

  #lost(redis: Redis): void {
    if (!this.#view?.masters.some((master) => master.redis === redis)) return;
    this.#close('connection lost');
    this.suspect();
  }

  #close(fault: string, error?: unknown): void {
    const view = this.#view;
    this.#view = undefined;
    this.#fault = fault;
    for (const { redis } of view?.masters ?? []) redis.disconnect();
    if (this.#stopped.signal.aborted) return;
    if (view) this.#log.warn({ fault }, 'redis connection lost');
    // Each fault once, until it is open again: it is tried several times a second.
    if (error !== undefined) {
      const news = !this.#told.has(fault) && this.#told.size < maxTold;
      this.#log[news ? 'warn' : 'debug']({ err: error }, 'redis can not be reached, trying on');
      if (news) this.#told.add(fault);
    }
  }
}

function failedRestMs(failures: number): number {
  return Math.min(longestPauseMs, 50 * (failures + 1));
}

/** Connects, or says why not: the client itself only says that the connection is closed. */
async function connected(redis: Redis): Promise<void> {
  let cause: Error | undefined;
  redis.once('error', (error: Error) => {
    cause = error;
  });
  await redis.connect().catch((error: Error) => {
    throw cause ?? error;
  });
}
