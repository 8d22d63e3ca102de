/** Hops of a chain of proxies that are looked at. */
const maxHops = 16;
/** Of the header, from its end. */
const maxHeader = 1_024;

/**
 * Who is at the other end: the peer, or, where that is a trusted proxy, whom `X-Forwarded-For` names. Each proxy adds the
 * address that it sees at the end, so the last one that isn't a trusted proxy's is the client's; what is before it the client
 * may have written. An entry that is no address ends the search.
 */
export function clientAddress(
  peer: string,
  forwardedFor: string | undefined,
  isTrusted: (address: string) => boolean,
): string {
  if (forwardedFor === undefined || !isTrusted(peer)) return peer;
  let client = peer;
  const hops = forwardedFor.slice(-maxHeader).split(',').slice(-maxHops);
  for (const hop of hops.reverse()) {
    const address = addressOf(hop.trim());
    if (address === undefined) return client;
    client = address;
    if (!isTrusted(address)) return address;
  }
  return client;
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function addressOf(hop: string): string | undefined {
  const [, bare] = /^\[([0-9a-f:.]{2,45})\](?::\d{1,5})?$/i.exec(hop) ?? [];
  if (bare !== undefined) return bare;
  const [, four] = /^(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?$/.exec(hop) ?? [];
  if (four !== undefined) return four;
  return /^[0-9a-f:.]{2,45}$/i.test(hop) && hop.includes(':') ? hop : undefined;
}
