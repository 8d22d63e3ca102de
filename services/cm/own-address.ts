import type { NetworkInterfaceInfo } from 'node:os';

const everywhere = new Set(['0.0.0.0', '::']);

/**
 * The host at which others reach this node: the one it listens on or, where it listens on all, the machine's first address that
 * leads out of it, IPv4 before IPv6, as a pod has just one. A machine that has several needs `advertisedAddress`.
 *
 * @param interfaces what `os.networkInterfaces()` answers
 * @returns for use in a URL
 */
export function ownAddress(host: string, interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): string {
  if (!everywhere.has(host)) return inUrl(host);
  const outward = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    // What is link-local names no host without its interface.
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'));
  const found = outward.find(({ family }) => family === 'IPv4') ?? outward[0];
  return inUrl(found?.address ?? '127.0.0.1');
}

function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
