import type { Sample } from './series.ts';

/**
 * Prometheus' `WriteRequest`, of remote_write 1.0, as protobuf:
 *
 *     WriteRequest { repeated TimeSeries timeseries = 1 }
 *     TimeSeries   { repeated Label labels = 1; repeated Sample samples = 2 }
 *     Label        { string name = 1; string value = 2 }
 *     Sample       { double value = 1; int64 timestamp = 2 }
 *
 * Three messages of two fields: a protobuf library would be more than this file. Field tags are `number << 3 | type`.
 */
const bytesField = (number: number): number => (number << 3) | 2;
const doubleTag = (1 << 3) | 1;
const timestampTag = (2 << 3) | 0;

/** The one NaN that Prometheus takes for the end of a series. JavaScript doesn't keep a NaN's bits apart. */
const staleBits = 0x7ff0000000000002n;

/** One request with a reading of each series, all at `atMs` since the epoch. */
export function encodeWriteRequest(samples: Sample[], atMs: number): Buffer {
  const sizes = samples.map((sample) => sizeOfSeries(sample, atMs));
  const out = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + sizeOfField(size), 0));
  let at = 0;
  for (const [index, { labels, value }] of samples.entries()) {
    head(1, sizes[index]!);
    for (const [name, text] of labels) {
      head(1, sizeOfText(name) + sizeOfText(text));
      head(1, Buffer.byteLength(name));
      at += out.write(name, at);
      head(2, Buffer.byteLength(text));
      at += out.write(text, at);
    }
    head(2, sizeOfSample(atMs));
    at = out.writeUInt8(doubleTag, at);
    at = value === null ? out.writeBigUInt64LE(staleBits, at) : out.writeDoubleLE(value, at);
    at = out.writeUInt8(timestampTag, at);
    varint(atMs);
  }
  return out;

  function head(field: number, size: number): void {
    at = out.writeUInt8(bytesField(field), at);
    varint(size);
  }

  /** Of a whole number below 2^53, seven bits a byte from the lowest up. */
  function varint(number: number): void {
    let left = number;
    while (left >= 0x80) {
      at = out.writeUInt8((left % 0x80) | 0x80, at);
      left = Math.floor(left / 0x80);
    }
    at = out.writeUInt8(left, at);
  }
}

function sizeOfSeries({ labels }: Sample, atMs: number): number {
  let size = sizeOfField(sizeOfSample(atMs));
  for (const [name, value] of labels) size += sizeOfField(sizeOfText(name) + sizeOfText(value));
  return size;
}

const sizeOfText = (text: string): number => sizeOfField(Buffer.byteLength(text));
const sizeOfSample = (atMs: number): number => 1 + 8 + 1 + sizeOfVarint(atMs);
/** Tag, length and content. */
const sizeOfField = (size: number): number => 1 + sizeOfVarint(size) + size;

function sizeOfVarint(number: number): number {
  let size = 1;
  for (let left = number; left >= 0x80; left = Math.floor(left / 0x80)) size++;
  return size;
}
