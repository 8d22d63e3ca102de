import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Redis } from 'ioredis';
import { LongwireError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { parseRedisUrl } from '../../redis/address.ts';
import { type Master, Masters } from '../../redis/masters.ts';
import { slotOf } from '../../redis/slots.ts';
import { withDeadline } from '../deadline.ts';

const scriptNames = [
  ...['append', 'fence', 'ensure-topic', 'ranges', 'offset-at', 'trim', 'survey', 'forget-group'],
  ...['beat', 'leave', 'take', 'renew', 'release', 'commit'],
] as const;
export type ScriptName = (typeof scriptNames)[number];

const scripts = Object.fromEntries(
  scriptNames.map((name) => {
    const text = readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');
    return [name, { text, sha: createHash('sha1').update(text).digest('hex') }];
  }),
) as Record<ScriptName, { text: string; sha: string }>;

type Argument = string | number;

/** Answers after which the servers known are not to be trusted: one turned into a replica, or has not its slots any more. */
const doubtful = /^(READONLY|MASTERDOWN|LOADING|CLUSTERDOWN|MOVED|UNBLOCKED)/;

/**
 * A connection to the bus' Redis, in a Cluster one to each master. It reconnects for ever, but keeps nothing for later: a
 * call made or under way while it is away fails at once, and one that gets no answer in time breaks the connection, as an
 * answer that never came leaves what is behind it waiting. All keys of a topic are on one master.
 */
export class Connection {
  #masters: Masters;
  #deadlineMs: number;
  #answeredMs = Number.NEGATIVE_INFINITY;

  /** @param lookEveryMs how often servers are asked whether they still are masters; as `Masters` does without it. */
  constructor(url: string, name: string, log: Logger, deadlineMs: number, lookEveryMs?: number) {
    this.#deadlineMs = deadlineMs;
    const look = lookEveryMs === undefined ? {} : { lookEveryMs };
    this.#masters = new Masters({ address: parseRedisUrl(url), name, deadlineMs, ...look }, log);
    this.#masters.start();
  }

  get ready(): boolean {
    return this.#masters.open;
  }

  /** When a call was answered last, monotonic, ms: also what is slow is there. */
  get answeredMs(): number {
    return this.#answeredMs;
  }

  /** Resolves when the connection is up, or after its deadline. */
  firstReady(): Promise<void> {
    return this.#masters.firstOpen();
  }

  /** Name of the process that has a key. @throws LongwireError `unavailable`. */
  processOf(key: string): string {
    return this.#masterOf(key).runId;
  }

  /** @throws LongwireError `unavailable`, or `overloaded` where Redis is out of memory. */
  call(command: string, args: Argument[], deadlineMs = this.#deadlineMs): Promise<unknown> {
    return this.callAt(keyOf(command, args), command, args, deadlineMs);
  }

  /** Makes a call that names no key, at the server that has this one. @throws as `call` does. */
  callAt(key: string, command: string, args: Argument[], deadlineMs = this.#deadlineMs): Promise<unknown> {
    return this.#guard(key, (redis) => redis.call(command, ...args), command, deadlineMs);
  }

  /** Runs a script of `scripts/`; its header says what it takes and answers. @throws as `call` does. */
  run(name: ScriptName, keys: string[], args: Argument[], deadlineMs = this.#deadlineMs): Promise<unknown> {
    return this.#guard(keys[0]!, (redis) => evaluated(redis, name, keys, args), name, deadlineMs);
  }

  /**
   * Runs a script, and waits until so many replicas have all that was written up to then, on one and the same connection.
   *
   * @throws as `call` does, also where too few replicas have it in time: what the script did may stay, or not.
   */
  runReplicated(name: ScriptName, keys: string[], args: Argument[], replicas: number): Promise<unknown> {
    const waitMs = Math.max(1, Math.floor(this.#deadlineMs / 2));
    return this.#guard(
      keys[0]!,
      async (redis) => {
        // The wait goes along with the script; again if that had to be sent with its text.
        const { sha, text } = scripts[name];
        const answer = redis.evalsha(sha, keys.length, ...keys, ...args);
        let waited = redis.call('WAIT', replicas, waitMs);
        waited.catch(() => {});
        const result = await answer.catch((error: Error) => {
          if (!error.message.startsWith('NOSCRIPT')) throw error;
          const repeated = redis.eval(text, keys.length, ...keys, ...args);
          waited = redis.call('WAIT', replicas, waitMs);
          waited.catch(() => {});
          return repeated;
        });
        const reached = Number(await waited);
        if (reached < replicas) throw new Error(`only ${reached} of ${replicas} replicas have it`);
        return result;
      },
      name,
      this.#deadlineMs,
    );
  }

  /** Something speaks against the servers known: they are looked for anew. */
  suspect(): void {
    this.#masters.suspect();
  }

  close(): void {
    this.#masters.stop();
  }

  #masterOf(key: string): Master {
    return this.#masters.at(slotOf(key));
  }

  async #guard(
    key: string,
    work: (redis: Redis) => Promise<unknown>,
    what: string,
    deadlineMs: number,
  ): Promise<unknown> {
    const { redis } = this.#masterOf(key);
    try {
      gather(redis.stream as Socket);
      const answer = await withDeadline(work(redis), deadlineMs, what);
      this.#answeredMs = performance.now();
      return answer;
    } catch (error) {
      if (error instanceof LongwireError) {
        this.#masters.abandon(redis);
        throw error;
      }
      const message = error instanceof Error ? error.message : String(error);
      if (doubtful.test(message)) this.#masters.suspect();
      const code = message.startsWith('OOM') ? 'overloaded' : 'unavailable';
      throw new LongwireError(code, `bus: ${what}: ${message}`, { cause: error });
    }
  }
}

const gathering = new WeakSet<Socket>();

/** What is written to a connection in one turn of the event loop goes out in one write at its end. */
function gather(socket: Socket): void {
  if (gathering.has(socket)) return;
  gathering.add(socket);
  socket.cork();
  setImmediate(() => {
    gathering.delete(socket);
    socket.uncork();
  });
}

function keyOf(command: string, args: Argument[]): string {
  return String((command === 'XREAD' ? args[args.indexOf('STREAMS') + 1] : args[0]) ?? '');
}

function evaluated(redis: Redis, name: ScriptName, keys: string[], args: Argument[]): Promise<unknown> {
  const { sha, text } = scripts[name];
  return redis.evalsha(sha, keys.length, ...keys, ...args).catch((error: Error) => {
    if (!error.message.startsWith('NOSCRIPT')) throw error;
    return redis.eval(text, keys.length, ...keys, ...args);
  });
}
