import { LongwireError } from '../errors.ts';

/**
 * Waits for `work`, but no longer than `ms`; what comes later is dropped.
 *
 * @throws LongwireError `unavailable` naming `what` when the time is over.
 */
export function withDeadline<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  // No race: that makes six promises where this makes two.
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(new LongwireError('unavailable', `${what}: no answer within ${ms} ms`)), ms);
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
