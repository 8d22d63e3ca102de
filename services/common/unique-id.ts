import { randomBytes } from 'node:crypto';

const processName = randomBytes(9).toString('base64url');
let count = 0;

/** An id that nobody else has: 12 random characters of this process, and the number of this id. Not a secret: the next one can be guessed. */
export function uniqueId(): string {
  return processName + (count++).toString(36);
}
