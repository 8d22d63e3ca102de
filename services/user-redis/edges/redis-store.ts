import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { Batcher } from '../../common/batcher.ts';
import { withDeadline } from '../../common/bus/deadline.ts';
import { LongwireError } from '../../common/errors.ts';
import type { Logger } from '../../common/log.ts';
import { parseRedisUrl } from '../../common/redis/address.ts';
import { type Master, Masters } from '../../common/redis/masters.ts';
import { slotOf } from '../../common/redis/slots.ts';
import type { Keys } from '../keys.ts';
import { type ScriptName, type Step, type Store, scriptNames } from '../store.ts';
import { isRunnable, runnerArgument, runnerText, scriptText } from './runner.ts';
import { Witnesses } from './witnesses.ts';

export interface RedisStoreOptions {
  /** One server, Sentinels or a Cluster; see `parseRedisUrl`. */
  url: string;
  /** Deadline of one command. */
  commandMs: number;
  keys: Keys;
}

/** What goes to a server at once at the most, but for a call that is larger alone: a deadline is for each such batch. */
const maxSteps = 2_000;
const maxCalls = 1_000;
/** Calls of one turn at the most; one more is refused. */
const maxPendingCalls = 10_000;
/** Steps that one script does at the most: nobody else is served for a millisecond or two. */
const maxRun = 100;

interface Script {
  text: string;
  sha: string;
}

/**
 * The users' Redis. Closed until its masters are known, with their processes and the scripts in each: so each answer
 * belongs to the `runId` known while it came. Nothing is queued while it is closed; callers repeat instead.
 */
export class RedisStore implements Store {
  #masters: Masters;
  #witnesses: Witnesses;
  #clustered: boolean;
  #commandMs: number;
  #scripts: Map<ScriptName, Script>;
  #batches = new WeakMap<Redis, Batcher<Step[], unknown[]>>();

  constructor(options: RedisStoreOptions, log: Logger) {
    const address = parseRedisUrl(options.url);
    this.#clustered = address.kind === 'cluster';
    this.#commandMs = options.commandMs;
    this.#scripts = new Map(scriptNames.map((name) => [name, scriptOf(scriptText(name))]));
    this.#witnesses = new Witnesses(options.keys, this.#clustered, log);
    this.#masters = new Masters(
      {
        address,
        name: 'longwire-users',
        protocol: 3,
        deadlineMs: options.commandMs,
        prepare: (redis) =>
          Promise.all([runner, ...this.#scripts.values()].map(({ text }) => redis.script('LOAD', text))),
        inspect: (view) => this.#witnesses.inspect(view),
      },
      log,
    );
  }

  /** Begins to connect; an absent Redis is tried again until `stop`. */
  start(): void {
    this.#masters.start();
  }

  stop(): void {
    this.#masters.stop();
  }

  get open(): boolean {
    return this.#masters.open;
  }

  /** Why it is closed. */
  get fault(): string | undefined {
    return this.#masters.fault;
  }

  get colocated(): boolean {
    return !this.#clustered;
  }

  runId(): string {
    return this.#masters.view().epoch;
  }

  async run(steps: Step[]): Promise<unknown[]> {
    const view = this.#masters.view();
    const replies = this.#clustered ? await this.#spread(steps) : await this.#send(view.masters[0]!.redis, steps);
    // An answer of servers that are others by now says nothing of these.
    if (this.runId() !== view.epoch) throw new LongwireError('unavailable', 'redis: another took over meanwhile');
    for (const reply of replies) if (reply instanceof Error) throw this.#failure(reply);
    return replies;
  }

  /** In a Cluster: what stands together goes to all masters at once, in order within each; what stands apart alone. */
  async #spread(steps: Step[]): Promise<unknown[]> {
    const replies: unknown[] = [];
    for (let from = 0; from < steps.length; ) {
      const apart = isApart(steps[from]!);
      let to = from + 1;
      while (to < steps.length && isApart(steps[to]!) === apart) to++;
      replies.push(...(await this.#together(steps.slice(from, to))));
      from = to;
    }
    return replies;
  }

  async #together(steps: Step[]): Promise<unknown[]> {
    const byMaster = new Map<Master, number[]>();
    for (const [index, step] of steps.entries()) {
      const master = this.#masters.at(slotOf(keyOf(step)));
      const those = byMaster.get(master);
      if (those) those.push(index);
      else byMaster.set(master, [index]);
    }
    const replies = new Array<unknown>(steps.length);
    await Promise.all(
      [...byMaster].map(async ([master, indexes]) => {
        const witness = { command: 'EXISTS', args: [this.#witnesses.keyAt(master)] };
        const answered = await this.#send(master.redis, [...indexes.map((index) => steps[index]!), witness]);
        // The last answer vouches for those before it: this master has not been emptied.
        if (answered.pop() !== 1) {
          this.#masters.suspect();
          throw new LongwireError('unavailable', 'redis: a master of the Cluster lost its data');
        }
        for (const [at, index] of indexes.entries()) replies[index] = answered[at];
      }),
    );
    return replies;
  }

  /** What comes within one turn of the event loop goes out together: a command alone costs ten times as much. */
  #send(redis: Redis, steps: Step[]): Promise<unknown[]> {
    let batches = this.#batches.get(redis);
    if (!batches) {
      batches = new Batcher({
        run: (calls) => this.#exec(redis, calls),
        ...{ maxItems: maxCalls, maxPending: maxPendingCalls, concurrency: Number.POSITIVE_INFINITY },
        ...{ weigh: (call) => call.length, maxWeight: maxSteps },
      });
      this.#batches.set(redis, batches);
    }
    return batches.add(steps);
  }

  /** Answers the replies to each call's steps; an error stands in the place of the one that it is of. */
  async #exec(redis: Redis, calls: Step[][]): Promise<unknown[][]> {
    const steps = calls.flat();
    const runs = this.#clustered ? steps.map((step) => [step]) : runsOf(steps);
    redis.stream.cork();
    const asked = Promise.all(runs.map((run) => this.#do(redis, run)));
    redis.stream.uncork();
    let replied: unknown[];
    try {
      replied = await withDeadline(asked, this.#commandMs, 'redis');
    } catch (error) {
      // It may hang, and another may have its place: whether it answers at all is asked at once.
      this.#masters.suspect();
      throw new LongwireError('unavailable', 'redis did not answer', { cause: error });
    }
    const replies = runs.flatMap((run, index) =>
      run.length === 1 ? [replied[index]] : spread(replied[index], run.length),
    );
    let from = 0;
    return calls.map(({ length }) => {
      from += length;
      return replies.slice(from - length, from);
    });
  }

  #do(redis: Redis, run: Step[]): Promise<unknown> {
    const [step] = run;
    const replied =
      run.length > 1
        ? redis.evalsha(runner.sha, 0, runnerArgument(run))
        : 'command' in step!
          ? redis.call(step.command, ...step.args)
          : redis.evalsha(this.#scripts.get(step!.script)!.sha, step!.keys.length, ...step!.keys, ...step!.args);
    return replied.catch((error: Error) => error);
  }

  #failure(error: Error): LongwireError {
    const master = this.#masters.open ? this.#masters.view().masters[0] : undefined;
    // Scripts are gone although the connection is the same (SCRIPT FLUSH): a new connection loads them again.
    if (error.message.startsWith('NOSCRIPT') && master) this.#masters.abandon(master.redis);
    // A server that turned into a replica, or is no part of its Cluster any more: another one is asked for.
    // A slot on its way between two masters is there in a moment; callers repeat until then.
    if (/^(READONLY|MASTERDOWN|LOADING|CLUSTERDOWN|MOVED)/.test(error.message)) this.#masters.suspect();
    const passing =
      /^(NOSCRIPT|LOADING|READONLY|MASTERDOWN|OOM|CLUSTERDOWN|TRYAGAIN|BUSY|MOVED|ASK|NOREPLICAS|MISCONF)/;
    const replied = error.name === 'ReplyError';
    return new LongwireError(
      replied && !passing.test(error.message) ? 'internal' : 'unavailable',
      `redis: ${error.message.slice(0, 200)}`,
      { cause: error },
    );
  }
}

function isApart(step: Step): boolean {
  return 'command' in step && step.apart === true;
}

function keyOf(step: Step): string {
  return String('command' in step ? step.args[0] : step.keys[0]);
}

function scriptOf(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

const runner = scriptOf(runnerText);

/** Steps that go together, in their order: those that the runner does, up to so many, and each other one alone. */
function runsOf(steps: Step[]): Step[][] {
  const runs: Step[][] = [];
  let open: Step[] | undefined;
  for (const step of steps) {
    const runnable = isRunnable(step);
    if (runnable && open && open.length < maxRun) open.push(step);
    else {
      const run = [step];
      runs.push(run);
      open = runnable ? run : undefined;
    }
  }
  return runs;
}

/** The reply of each step of a run. */
function spread(replied: unknown, count: number): unknown[] {
  return replied instanceof Error ? new Array(count).fill(replied) : (replied as unknown[]);
}
