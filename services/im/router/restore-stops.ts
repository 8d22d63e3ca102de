import type { Logger } from '../../common/log.ts';
import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { UserRedisCalls } from '../../common/protocol/user-redis-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';

const pageSize = 1_000;
const callMs = 3_000;

/**
 * Before a view is filled again from the bus: says anew which tasks were stopped, as what said so may be lost too, and the
 * bus still has their messages. Where MySQL is away too it is done without, and said in the log: messages that were not stopped
 * must not wait for it.
 */
export class RestoreStops {
  #mysql: Pick<Client<UserMysqlCalls>, 'stoppedTasks'>;
  #redis: Pick<Client<UserRedisCalls>, 'stopTasks'>;
  #log: Logger;
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(
    mysql: Pick<Client<UserMysqlCalls>, 'stoppedTasks'>,
    redis: Pick<Client<UserRedisCalls>, 'stopTasks'>,
    log: Logger,
  ) {
    this.#mysql = mysql;
    this.#redis = redis;
    this.#log = log;
  }

  /**
   * Rejects while user-redis is away. Partitions that ask together share one run, which begins after each has asked: one
   * under way may have written what has been lost since.
   */
  run(): Promise<void> {
    if (this.#next) return this.#next;
    const next = this.#current.then(() => {
      this.#next = undefined;
      return this.#restore();
    });
    this.#next = next;
    this.#current = next.catch(() => {});
    return next;
  }

  async #restore(): Promise<void> {
    for (let after: { exp: number; task: string } | null = null; ; ) {
      const tasks = await this.#page(after);
      if (tasks.length === 0) return;
      await this.#redis.stopTasks({ items: tasks.map(({ task, exp }) => ({ task, until: exp })) });
      if (tasks.length < pageSize) return;
      after = tasks.at(-1)!;
    }
  }

  async #page(after: { exp: number; task: string } | null): Promise<{ exp: number; task: string }[]> {
    try {
      return (await this.#mysql.stoppedTasks({ after, limit: pageSize }, { deadlineMs: callMs })).tasks;
    } catch (error) {
      this.#log.error({ err: error }, 'stopped tasks could not be read: of those messages may be sent again');
      return [];
    }
  }
}
