/** IP addresses and blocks of them as numbers. */

/** A block of addresses: those that are `start` once their last `size` bits are gone. */
export interface Block {
  start: bigint;
  size: bigint;
}

export function within(address: bigint, { start, size }: Block): boolean {
  return address >> size === start;
}

/** Four decimal numbers and nothing else: what reads `010.1` or `0x7f.1` as an address is not to be guessed at. */
export function parse4(text: string): bigint | undefined {
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  if (bytes.some((byte) => byte > 255)) return undefined;
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** URLs write every IPv6 address in one form, which leaves only `::` to fill in. Zones (`fe80::1%eth0`) are no address here. */
export function parse6(text: string): bigint | undefined {
  if (!/^[0-9a-f:.]+$/i.test(text) || !URL.canParse(`http://[${text}]`)) return undefined;
  const [head, tail] = new URL(`http://[${text}]`).hostname
    .slice(1, -1)
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array<string>(8 - head!.length - (tail?.length ?? 0)).fill('0');
  const groups = [...head!, ...zeros, ...(tail ?? [])];
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** `1.2.3.0/24`, or an address alone; undefined for anything else. */
export function parseBlock(
  text: string,
  bits: 32 | 128,
  parse: (address: string) => bigint | undefined,
): Block | undefined {
  const [address = '', length = String(bits)] = text.split('/');
  const start = parse(address);
  if (start === undefined || !/^\d{1,3}$/.test(length) || Number(length) > bits) return undefined;
  const size = BigInt(bits - Number(length));
  return { start: start >> size, size };
}

/** Last 32 bits are an IPv4 address, as a socket of both families shows one: `::ffff:192.0.2.1`. */
const mapped = parseBlock('::ffff:0:0/96', 128, parse6)!;

/** An address of either family; an IPv4 one also where it is written as IPv6. */
export function parseIp(text: string): { bits: 32 | 128; value: bigint } | undefined {
  const four = parse4(text);
  if (four !== undefined) return { bits: 32, value: four };
  const six = parse6(text);
  if (six === undefined) return undefined;
  return within(six, mapped) ? { bits: 32, value: six & 0xffff_ffffn } : { bits: 128, value: six };
}
