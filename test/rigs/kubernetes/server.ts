import type { Manifest } from '../../../scripts/kubernetes/render.ts';
import type { Server } from './fit.ts';
import type { Kubectl } from './kubectl.ts';

/** Asks a cluster what it can do, as far as these manifests, and older versions of what they name, depend on it. */
export async function serverOf(kubectl: Kubectl, manifests: Manifest[]): Promise<Server> {
  const { serverVersion } = JSON.parse(await kubectl.run(['version', '-o', 'json'])) as {
    serverVersion: { minor: string };
  };
  const named = new Set(manifests.map(({ apiVersion }) => apiVersion));
  const versions = [...named].flatMap((version) => (/v1$/.test(version) ? [version, `${version}beta1`] : [version]));
  const kinds = new Map(await Promise.all(versions.map(async (one) => [one, await kindsOf(kubectl, one)] as const)));
  return {
    minor: Number.parseInt(serverVersion.minor, 10),
    serves: (apiVersion, kind) => kinds.get(apiVersion)?.has(kind) === true,
  };
}

async function kindsOf(kubectl: Kubectl, apiVersion: string): Promise<Set<string>> {
  const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  try {
    const { resources } = JSON.parse(await kubectl.run(['get', '--raw', path])) as { resources: { kind: string }[] };
    return new Set(resources.map(({ kind }) => kind));
  } catch (error) {
    if (/could not find|NotFound|not found/.test((error as Error).message)) return new Set();
    throw error;
  }
}
