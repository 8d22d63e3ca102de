import { closeSync, openSync, readSync } from 'node:fs';
import { UsageError } from '../faults.ts';

/**
 * The text of a file, or of stdin (0), no longer than a bound.
 *
 * @param what names it in a fault. @throws UsageError if it can't be read, or is longer.
 */
export function readBounded(file: string | 0, what: string, maxBytes: number): string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    const fd = file === 0 ? 0 : openSync(file, 'r');
    try {
      for (const chunk = Buffer.alloc(65_536); bytes <= maxBytes; ) {
        const count = readSync(fd, chunk);
        if (count === 0) break;
        chunks.push(Buffer.from(chunk.subarray(0, count)));
        bytes += count;
      }
    } finally {
      if (file !== 0) closeSync(fd);
    }
  } catch (error) {
    throw new UsageError(`${what}: can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown fault'})`);
  }
  if (bytes > maxBytes) throw new UsageError(`${what}: is longer than ${maxBytes} bytes, which is the most`);
  return Buffer.concat(chunks).toString('utf8');
}

/** The body of an answer, no longer than a bound. @throws Error if it is longer. */
export async function boundedText(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`an answer of more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
