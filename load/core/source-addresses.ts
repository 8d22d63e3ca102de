import { isIP } from 'node:net';
import { OptionError } from './option-error.ts';

/** At the most; 1,024 addresses are enough for 28 million connections. */
const maxAddresses = 1_024;

const allowed = `allowed are addresses of this machine with commas between them, and ranges of IPv4 such as 127.0.0.2-127.0.0.20, ${maxAddresses} at the most`;

/** @param text `127.0.0.2-127.0.0.20,10.0.0.7`. @throws OptionError */
export function parseSourceAddresses(text: string): string[] {
  const found = new Set<string>();
  for (const part of text.split(',').map((one) => one.trim())) {
    const [first = '', last = first, ...rest] = part.split('-');
    const valid = last === first ? isIP(first) !== 0 : isIP(first) === 4 && isIP(last) === 4;
    if (!valid || rest.length > 0) fail(`"${part}" is no address`);
    if (last === first) found.add(first);
    else {
      const [from, to] = [numberOf(first), numberOf(last)];
      if (to < from) fail(`"${part}" ends before it begins`);
      if (to - from >= maxAddresses) fail(`"${part}" has ${to - from + 1} addresses`);
      for (let one = from; one <= to; one++) found.add(textOf(one));
    }
    if (found.size > maxAddresses) fail(`there are more than ${maxAddresses}`);
  }
  return [...found];

  function fail(what: string): never {
    throw new OptionError(`--source-addresses ${text}: ${what}; ${allowed}`);
  }
}

function numberOf(address: string): number {
  return address.split('.').reduce((value, byte) => value * 256 + Number(byte), 0);
}

function textOf(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}
