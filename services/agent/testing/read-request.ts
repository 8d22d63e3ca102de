export interface Series {
  labels: Record<string, string>;
  value: number | 'ended';
  atMs: number;
}

/** Reads a `WriteRequest` of one sample a series: written apart from the encoder, and knowing no more of it than the format. */
export function read(bytes: Buffer): Series[] {
  return fields(bytes).map((series) => {
    const labels: Record<string, string> = {};
    let sample: Field[] = [];
    for (const { number, bytes: content } of fields(series.bytes)) {
      const inner = fields(content);
      if (number === 1) labels[String(inner[0]!.bytes)] = String(inner[1]!.bytes);
      else sample = inner;
    }
    const [value, time] = sample;
    const stale = value!.bytes.readBigUInt64LE() === 0x7ff0000000000002n;
    return { labels, value: stale ? 'ended' : value!.bytes.readDoubleLE(), atMs: time!.varint };
  });
}

interface Field {
  number: number;
  varint: number;
  bytes: Buffer;
}

function fields(bytes: Buffer): Field[] {
  const found: Field[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = varint();
    const type = tag & 7;
    const value = type === 1 ? 8 : varint();
    const size = type === 0 ? 0 : value;
    found.push({ number: tag >> 3, varint: value, bytes: bytes.subarray(at, at + size) });
    at += size;
  }
  return found;

  function varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++]!;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  }
}
