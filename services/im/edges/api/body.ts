import type { Readable } from 'node:stream';
import { overLimit } from '../../api/faults.ts';

/** Of a body that is too large, what is read and thrown away, so that its sender gets to read the answer. */
const discardBytes = 64 * 1024 * 1024;

/**
 * A request's body, of which no more than `limitBytes` is ever held.
 *
 * @throws ApiFault `parameter` for a larger one, once it has passed by or is far too large.
 */
export function readBody(stream: Readable, limitBytes: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  let chunks: Buffer[] = [];
  let received = 0;
  const end = (): void => {
    if (received > limitBytes) reject(overLimit('body'));
    else resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, received));
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
  stream.on('error', reject);
  stream.on('close', () => {
    if (!stream.readableEnded) reject(new Error('the request was closed before its end'));
  });
  return promise;
}
