import { type Block, parse4, parse6, parseBlock, parseIp, within } from './ip.ts';

/** What one household or phone has of IPv6, at the least. */
const householdBits = 64n;

/** Blocks of addresses as a configuration lists them (`10.0.0.0/8`, `2001:db8::/32`, `192.0.2.1`). What is none contains nothing. */
export class AddressBlocks {
  readonly #blocks: Record<32 | 128, Block[]>;

  constructor(texts: readonly string[]) {
    this.#blocks = {
      32: texts.flatMap((text) => parseBlock(text, 32, parse4) ?? []),
      128: texts.flatMap((text) => parseBlock(text, 128, parse6) ?? []),
    };
  }

  has(address: string): boolean {
    if (this.#blocks[32].length === 0 && this.#blocks[128].length === 0) return false;
    const ip = parseIp(address);
    return ip !== undefined && this.#blocks[ip.bits].some((block) => within(ip.value, block));
  }
}

/** Whether an address is in a list that may change: what was made of the list serves until there is another one. */
export function inBlocks(read: () => readonly string[]): (address: string) => boolean {
  let texts = read();
  let blocks = new AddressBlocks(texts);
  return (address) => {
    if (read() !== texts) {
      texts = read();
      blocks = new AddressBlocks(texts);
    }
    return blocks.has(address);
  };
}

/** What limits count by: an IPv4 address, or a household of IPv6 (/64). What is no address counts as it is, cut short. */
export function limitKeyOf(address: string): string {
  const ip = parseIp(address);
  if (ip === undefined) return address.slice(0, 45);
  if (ip.bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (ip.value >> shift) & 255n).join('.');
  return `${(ip.value >> householdBits).toString(16)}/64`;
}
