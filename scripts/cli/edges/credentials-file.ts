import { closeSync, openSync, readSync } from 'node:fs';
import { maxCredentialsBytes } from '../../../services/common/protocol/channel-credentials.ts';
import { UsageError } from '../faults.ts';

/**
 * The text of a file, or of the standard input (`-`).
 *
 * @throws UsageError if it can't be read or is too long.
 */
export function readCredentialsFile(name: string): string {
  const room = Buffer.alloc(2 * maxCredentialsBytes + 1);
  let length = 0;
  try {
    const file = name === '-' ? 0 : openSync(name, 'r');
    for (let read = -1; read !== 0 && length < room.length; length += read) {
      read = readSync(file, room, length, room.length - length, null);
    }
    if (file !== 0) closeSync(file);
  } catch (error) {
    throw new UsageError(`${name}: cannot be read (${(error as { code?: string }).code ?? 'unknown'})`);
  }
  if (length === room.length) throw new UsageError(`${name}: at most ${2 * maxCredentialsBytes} bytes`);
  return room.toString('utf8', 0, length);
}
