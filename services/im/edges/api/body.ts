import type { Readable } from 'node:stream';
import { overLimit } from '../../api/faults.ts';

/** Of a body that is too large, what is read and thrown away, so that its sender gets to read the answer. */
const discardBytes = 64 * 1024 * 1024;

/**
 * A request's body, of which no more than `limitBytes` is ever held.
 *
 * @throws ApiFault `parameter` for a larger one, once it has passed by or is far too large.
 */
export async function readBody(stream: Readable, limitBytes: number): Promise<Buffer> {
  let chunks: Buffer[] = [];
  let received = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    received += chunk.length;
    if (received <= limitBytes) chunks.push(chunk);
    else chunks = [];
    if (received > discardBytes) break;
  }
  if (received > limitBytes) throw overLimit('body');
  return Buffer.concat(chunks, received);
}
