import { createHash } from 'node:crypto';

/**
 * The same for messages that take each other's place: those with one `notifyId`, and repeats of one message. 32 characters
 * of base64url: some services decode it, and refuse what is no whole number of bytes.
 */
export function collapseIdOf(id: string, notifyId: number | undefined): string {
  if (notifyId !== undefined) return `notify-${String(notifyId).padStart(25, '0')}`;
  return createHash('sha256').update(id).digest('base64url').slice(0, 32);
}
