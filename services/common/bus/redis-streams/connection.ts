import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { LongwireError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { withDeadline } from '../deadline.ts';

const scriptNames = [
  ...['append', 'ensure-topic', 'ranges', 'offset-at', 'trim', 'survey', 'forget-group'],
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

/**
 * One connection to the bus' Redis. It reconnects for ever, but keeps nothing for later: a call made or under way while
 * the connection is away fails at once, and one that gets no answer in time breaks the connection, as an answer that
 * never came leaves what is behind it waiting.
 */
export class Connection {
  #redis: Redis;
  #deadlineMs: number;

  constructor(url: string, name: string, log: Logger, deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
    this.#redis = new Redis(url, {
      connectionName: name,
      protocol: 2,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: deadlineMs,
      retryStrategy: (attempt) => Math.min(20 * attempt, 500),
    });
    let faulty = false;
    this.#redis.on('error', (error: Error) => {
      if (!faulty) log.warn({ err: error, connection: name }, 'bus connection failed');
      faulty = true;
    });
    this.#redis.on('ready', () => {
      if (faulty) log.info({ connection: name }, 'bus connection is back');
      faulty = false;
    });
  }

  get ready(): boolean {
    return this.#redis.status === 'ready';
  }

  /** Resolves when the connection is up, or closed, or after its deadline. */
  async firstReady(): Promise<void> {
    if (this.ready) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#redis.once('ready', resolve);
    this.#redis.once('end', resolve);
    await withDeadline(promise, this.#deadlineMs, 'bus').catch(() => {});
  }

  /** @throws LongwireError `unavailable`, or `overloaded` where Redis is out of memory. */
  call(command: string, args: Argument[], deadlineMs = this.#deadlineMs): Promise<unknown> {
    return this.#guard(this.#redis.call(command, ...args), command, deadlineMs);
  }

  /** Runs a script of `scripts/`; its header says what it takes and answers. @throws as `call` does. */
  run(name: ScriptName, keys: string[], args: Argument[], deadlineMs = this.#deadlineMs): Promise<unknown> {
    const { sha, text } = scripts[name];
    const answer = this.#redis.evalsha(sha, keys.length, ...keys, ...args).catch((error: Error) => {
      if (!error.message.startsWith('NOSCRIPT')) throw error;
      return this.#redis.eval(text, keys.length, ...keys, ...args);
    });
    return this.#guard(answer, name, deadlineMs);
  }

  close(): void {
    this.#redis.disconnect();
  }

  async #guard(answer: Promise<unknown>, what: string, deadlineMs: number): Promise<unknown> {
    try {
      return await withDeadline(answer, deadlineMs, what);
    } catch (error) {
      if (error instanceof LongwireError) {
        if (this.ready) this.#redis.disconnect(true);
        throw error;
      }
      const message = error instanceof Error ? error.message : String(error);
      const code = message.startsWith('OOM') ? 'overloaded' : 'unavailable';
      throw new LongwireError(code, `bus: ${what}: ${message}`, { cause: error });
    }
  }
}
