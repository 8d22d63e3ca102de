import { LongwireError } from './errors.ts';
import type { Logger } from './log.ts';
import type { UserRedisCalls } from './protocol/user-redis-calls.ts';
import type { Client } from './rpc/contract.ts';

/** What roles must agree on, as this one is configured. A role that has no use for the partitions leaves them out. */
export interface Layout {
  routePartitions?: number;
  routeGeneration: number;
}

/** How long a start waits for the answer: without user-redis a role starts all the same, and compares later. */
const firstMs = 3_000;
const againMs = 10_000;

/** What is wrong with a configuration beside those of the other roles, naming both values; undefined if nothing is. */
export function layoutFault(mine: Layout, theirs: Required<Layout>): string | undefined {
  if (mine.routePartitions !== undefined && mine.routePartitions !== theirs.routePartitions) {
    return `routePartitions: is ${mine.routePartitions} here and ${theirs.routePartitions} in user-redis, must be the same in all roles`;
  }
  if (mine.routeGeneration < theirs.routeGeneration) {
    return `routeGeneration: is ${mine.routeGeneration} here and ${theirs.routeGeneration} in another role, must be the same in all roles and never goes down`;
  }
  return undefined;
}

/**
 * Compares the configuration of this role with the others', at the start and now and then: messages laid out in two ways would be sent from views that
 * are not whole. Resolves after the first comparison, or when that can't be had for now. What doesn't fit later is an error in the log: a role that works
 * isn't ended by one that came with a wrong value.
 *
 * @param onFault told what is wrong at the start. @returns what ends it.
 */
export async function watchLayout(
  calls: Pick<Client<UserRedisCalls>, 'layout'>,
  mine: Layout,
  onFault: (fault: string) => void,
  log: Logger,
): Promise<() => void> {
  let started = false;
  const compare = async (): Promise<void> => {
    try {
      const theirs = await calls.layout({ routeGeneration: mine.routeGeneration }, { deadlineMs: firstMs });
      const fault = layoutFault(mine, theirs);
      if (fault === undefined) return;
      if (started) log.error({ fault }, 'the configuration does not fit that of the other roles');
      else onFault(fault);
    } catch (error) {
      // A user-redis of the version before doesn't know the call.
      const known = error instanceof LongwireError && (error.retryable || error.code === 'not_found');
      log[known ? 'debug' : 'warn']({ err: error }, 'the layout of positions could not be compared');
    }
  };
  await compare();
  started = true;
  const timer = setInterval(() => void compare(), againMs);
  return () => clearInterval(timer);
}

/** Ends the process as a configuration that doesn't fit does, with one line. */
export function endOnFault(log: Logger): (fault: string) => void {
  return (fault) => {
    log.fatal({ fault }, 'the configuration does not fit that of the other roles');
    process.exit(78);
  };
}
