import { type Block, parse4, parse6, parseBlock, within } from '../addresses/ip.ts';

/**
 * Which IP addresses are internal: not of the public internet, and so nothing that somebody outside may have us call.
 * From IANA's registries of special-purpose addresses.
 */
const internal4 = blocks4([
  '0.0.0.0/8', // this network, and unspecified
  '10.0.0.0/8', // private
  '100.64.0.0/10', // shared by carriers (CGNAT), and by some clouds for their own services
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // a cloud's services for its machines, though the address is public
  '169.254.0.0/16', // link-local, and clouds' metadata
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
]);

/** All that IPv6 gives out for the internet; loopback, link-local, unique-local, multicast and the rest lie outside. */
const public6 = block6('2000::/3');

/** What of it is not for the internet. */
const internal6 = [
  '2001::/23', // protocol assignments, Teredo among them
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: carries an IPv4 address, and nobody needs it any more
  '3fff::/20', // documentation
].map(block6);

/** Blocks whose last 32 bits are an IPv4 address, which is what counts. */
const carriers6 = [
  '::ffff:0:0/96', // IPv4-mapped
  '64:ff9b::/96', // NAT64
].map(block6);

/** Whether the address is internal. What isn't the text of an IP address counts as internal. */
export function isInternalAddress(address: string): boolean {
  const four = parse4(address);
  if (four !== undefined) return isInternal4(four);
  const six = parse6(address);
  if (six === undefined) return true;
  if (carriers6.some((block) => within(six, block))) return isInternal4(six & 0xffff_ffffn);
  return !within(six, public6) || internal6.some((block) => within(six, block));
}

function isInternal4(address: bigint): boolean {
  return internal4.some((block) => within(address, block));
}

function blocks4(texts: string[]): Block[] {
  return texts.map((text) => parseBlock(text, 32, parse4)!);
}

function block6(text: string): Block {
  return parseBlock(text, 128, parse6)!;
}
