import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from './backoff.ts';
import { toLongwireError } from './errors.ts';
import type { Logger } from './log.ts';

/**
 * Does work that start-up can't go on without, again and again while it fails for a reason that may pass. The first
 * failure is logged, and the success after it.
 *
 * @returns undefined if `signal` came first.
 * @throws LongwireError when it fails for a reason that won't pass.
 */
export async function untilDone<T>(
  what: string,
  work: () => Promise<T>,
  log: Logger,
  signal: AbortSignal,
): Promise<T | undefined> {
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      const result = await work();
      if (failures > 0) log.info({ what, failures }, 'waited with success');
      return result;
    } catch (error) {
      const known = toLongwireError(error);
      if (!known.retryable) throw known;
      if (failures === 0) log.warn({ what, err: known }, 'waiting, as it cannot be done yet');
      await sleep(10 + backoffMs(failures, 100, 5_000), undefined, { signal }).catch(() => {});
    }
  }
  return undefined;
}
