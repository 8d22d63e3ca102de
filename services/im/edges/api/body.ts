import type { Readable } from 'node:stream';
import { overLimit } from '../../api/faults.ts';

/** Of a body that is too large, what is read and thrown away, so that its sender gets to read the answer. */
const discardBytes = 64 * 1024 * 1024;

/**
 * Reads a request's body, of which no more than `limitBytes` is ever held.
 *
 * @param done told once of the body or the error: ApiFault `parameter` for a larger one, once it has passed by or is far too large.
 */
export function readBody(
  stream: Readable,
  limitBytes: number,
  done: (error: Error | null, body?: Buffer) => void,
): void {
  let isDone = false;
  const finish = (error: Error | null, body?: Buffer): void => {
    if (isDone) return;
    isDone = true;
    done(error, body);
  };
  let chunks: Buffer[] = [];
  let received = 0;
  const end = (): void => {
    if (received > limitBytes) finish(overLimit('body'));
    else finish(null, chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, received));
  };
  stream.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received <= limitBytes) chunks.push(chunk);
    else chunks = [];
    if (received <= discardBytes) return;
    stream.destroy();
    end();
  });
  stream.on('end', end);
  stream.on('error', finish);
  stream.on('close', () => {
    if (!isDone) finish(new Error('the request was closed before its end'));
  });
}
