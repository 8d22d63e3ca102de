import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { LongwireError } from '../../common/errors.ts';
import type { Logger } from '../../common/log.ts';
import { type ScriptName, type Step, type Store, scriptNames } from '../store.ts';

export interface RedisStoreOptions {
  url: string;
  /** Deadline of one command. */
  commandMs: number;
}

interface Script {
  text: string;
  sha: string;
}

/**
 * The users' Redis. Closed until a connection has told which Redis process it reached and has the scripts: so each
 * answer belongs to the `runId` known while it came. Nothing is queued while it is closed; callers repeat instead.
 */
export class RedisStore implements Store {
  #redis: Redis;
  #scripts: Map<ScriptName, Script>;
  #runId: string | undefined;
  /** Whether it was said that Redis is away: once, until it is back. */
  #told = false;
  #log: Logger;

  constructor(options: RedisStoreOptions, log: Logger) {
    this.#log = log;
    this.#scripts = new Map(scriptNames.map((name) => [name, readScript(name)]));
    this.#redis = new Redis(options.url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      commandTimeout: options.commandMs,
      connectTimeout: options.commandMs,
      keepAlive: 5_000,
      retryStrategy: (times) => Math.min(1_000, 50 * times),
    });
    this.#redis.on('ready', () => void this.#open());
    this.#redis.on('close', () => this.#close());
    this.#redis.on('error', (error: Error) => this.#fault(error));
  }

  /** Begins to connect; an absent Redis is tried again until `stop`. */
  start(): void {
    this.#redis.connect().catch(() => {});
  }

  stop(): void {
    this.#redis.disconnect();
  }

  get open(): boolean {
    return this.#runId !== undefined;
  }

  runId(): string {
    if (this.#runId === undefined) throw new LongwireError('unavailable', 'redis is not connected');
    return this.#runId;
  }

  async run(steps: Step[]): Promise<unknown[]> {
    this.runId();
    const pipeline = this.#redis.pipeline();
    for (const step of steps) {
      if ('command' in step) pipeline.call(step.command, ...step.args);
      else pipeline.evalsha(this.#scripts.get(step.script)!.sha, step.keys.length, ...step.keys, ...step.args);
    }
    const replies = await pipeline.exec().catch((error: unknown) => {
      throw new LongwireError('unavailable', 'redis did not answer', { cause: error });
    });
    return (replies ?? []).map(([error, reply]) => {
      if (error) throw this.#failure(error);
      return reply;
    });
  }

  async #open(): Promise<void> {
    try {
      const info = await this.#redis.info('server');
      for (const { text } of this.#scripts.values()) await this.#redis.script('LOAD', text);
      this.#runId = /^run_id:(\w+)/m.exec(info)?.[1] ?? 'unknown';
      this.#told = false;
      this.#log.info({ runId: this.#runId }, 'redis connected');
    } catch (error) {
      this.#log.warn({ err: error }, 'redis could not be prepared');
      this.#redis.disconnect(true);
    }
  }

  #fault(error: Error): void {
    this.#log[this.#told ? 'debug' : 'warn']({ err: error }, 'redis can not be reached, trying on');
    this.#told = true;
  }

  #close(): void {
    if (this.#runId !== undefined) this.#log.warn('redis connection lost');
    this.#runId = undefined;
  }

  #failure(error: Error): LongwireError {
    // Scripts are gone although the connection is the same (SCRIPT FLUSH): a new connection loads them again.
    if (error.message.startsWith('NOSCRIPT')) this.#redis.disconnect(true);
    const passing = /^(NOSCRIPT|LOADING|READONLY|MASTERDOWN|OOM|CLUSTERDOWN|TRYAGAIN|BUSY)/.test(error.message);
    const replied = error.name === 'ReplyError';
    return new LongwireError(
      replied && !passing ? 'internal' : 'unavailable',
      `redis: ${error.message.slice(0, 200)}`,
      {
        cause: error,
      },
    );
  }
}

function readScript(name: ScriptName): Script {
  const text = readFileSync(new URL(`../scripts/${name}.lua`, import.meta.url), 'utf8');
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}
