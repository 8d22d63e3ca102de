/** How much of a stream is read for it: version 1 has 107 bytes at the most, version 2 what it says. */
export const maxProxyHeader = 2_048;

const maxV1 = 107;
const signature2 = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const head2 = 16;
const families = { tcp4: 0x11, tcp6: 0x21 };

export type ProxyHeader =
  | { is: 'partial' }
  | { is: 'bad' }
  /** The stream goes on after `length` bytes. Without an address it is the proxy itself that speaks, as to check health. */
  | { is: 'whole'; length: number; address: string | undefined };

/** Reads a PROXY header, version 1 or 2, from what a stream begins with. Nothing else is taken for one. */
export function parseProxyHeader(bytes: Buffer): ProxyHeader {
  const compared = Math.min(bytes.length, signature2.length);
  if (bytes.subarray(0, compared).equals(signature2.subarray(0, compared))) {
    return compared < signature2.length ? { is: 'partial' } : parse2(bytes);
  }
  return parse1(bytes);
}

function parse1(bytes: Buffer): ProxyHeader {
  const text = bytes.toString('latin1', 0, maxV1);
  const prefix = 'PROXY ';
  if (!text.startsWith(prefix.slice(0, text.length))) return { is: 'bad' };
  const end = text.indexOf('\r\n');
  if (end < 0) return text.length < maxV1 ? { is: 'partial' } : { is: 'bad' };
  const length = end + 2;
  const [, family, source, target, sourcePort, targetPort, more] = text.slice(0, end).split(' ');
  if (family === 'UNKNOWN') return { is: 'whole', length, address: undefined };
  const shape = family === 'TCP4' ? /^\d{1,3}(\.\d{1,3}){3}$/ : family === 'TCP6' ? /^[0-9a-f:.]{2,45}$/i : undefined;
  const addresses = [source, target].every((address) => address !== undefined && shape?.test(address));
  const ports = [sourcePort, targetPort].every((port) => port !== undefined && /^\d{1,5}$/.test(port));
  return addresses && ports && more === undefined ? { is: 'whole', length, address: source } : { is: 'bad' };
}

function parse2(bytes: Buffer): ProxyHeader {
  if (bytes.length < head2) return { is: 'partial' };
  const [version, command] = [bytes[12]! >> 4, bytes[12]! & 0x0f];
  const length = head2 + bytes.readUInt16BE(14);
  if (version !== 2 || command > 1 || length > maxProxyHeader) return { is: 'bad' };
  if (bytes.length < length) return { is: 'partial' };
  const said = bytes.subarray(head2, length);
  // Its own words (LOCAL), or of a family that has no such addresses.
  if (command === 0) return { is: 'whole', length, address: undefined };
  if (bytes[13] === families.tcp4) {
    return said.length < 12 ? { is: 'bad' } : { is: 'whole', length, address: said.subarray(0, 4).join('.') };
  }
  if (bytes[13] !== families.tcp6) return { is: 'whole', length, address: undefined };
  if (said.length < 36) return { is: 'bad' };
  const groups = Array.from({ length: 8 }, (_, index) => said.readUInt16BE(2 * index).toString(16));
  return { is: 'whole', length, address: groups.join(':') };
}
