import { LongwireError } from '../errors.ts';

/**
 * Waits for `work`, but no longer than `ms`; what comes later is dropped.
 *
 * @throws LongwireError `unavailable` naming `what` when the time is over.
 */
export async function withDeadline<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new LongwireError('unavailable', `${what}: no answer within ${ms} ms`)), ms);
  });
  // The race is over when the deadline wins; a fault that comes after it is nobody's.
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
