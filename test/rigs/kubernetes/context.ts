import { execFileSync } from 'node:child_process';
import { isInternalAddress } from '../../../services/common/outbound/internal-address.ts';

/** What kubectl's configuration says of one context. */
export interface Context {
  name: string;
  cluster: string;
  server: string;
}

const telling = /(^|[^a-z])(prod|production|prd|live)([^a-z]|$)/i;

/** Reasons to take a context for one that people depend on; empty for one that a test may use without being told to. */
export function signsOfProduction({ name, cluster, server }: Context): string[] {
  const signs = [name, cluster].filter((text) => telling.test(text)).map((text) => `it is called ${text}`);
  const host = new URL(server).hostname.replace(/^\[|\]$/g, '');
  const near = host === 'localhost' || host.endsWith('.internal') || host.endsWith('.local');
  if (!near && !(isAddress(host) && isInternalAddress(host))) signs.push(`its server ${host} is on the internet`);
  return signs;
}

/**
 * The context of a test: the one that is named, or else the current one.
 *
 * @throws Error if there is none, or it looks like production and was not named.
 */
export function chooseContext(named: string | undefined): string {
  const { contexts, clusters, 'current-context': current } = configuration();
  const name = named ?? current;
  const found = (contexts ?? []).find((one) => one.name === name);
  if (!name || !found) throw new Error(name ? `kubectl knows no context ${name}` : 'kubectl has no current context');
  const { cluster } = found.context;
  const server = (clusters ?? []).find((one) => one.name === cluster)?.cluster.server;
  if (server === undefined) throw new Error(`kubectl knows no server of context ${name}`);
  const signs = named === undefined ? signsOfProduction({ name, cluster, server }) : [];
  if (signs.length > 0) throw new Error(`${name} looks like production: ${signs.join(', ')}; name it with --context`);
  return name;
}

interface Configuration {
  'current-context'?: string;
  contexts?: { name: string; context: { cluster: string } }[] | null;
  clusters?: { name: string; cluster: { server: string } }[] | null;
}

function configuration(): Configuration {
  const args = ['config', 'view', '-o', 'json'];
  return JSON.parse(execFileSync('kubectl', args, { encoding: 'utf8', timeout: 20_000 })) as Configuration;
}

function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(':');
}
