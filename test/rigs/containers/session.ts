import { type ContainerRuntimeClient, getContainerRuntimeClient } from 'testcontainers';

/** Of this run of tests; whoever sets a run up says it to all its processes. */
export const runVariable = 'LONGWIRE_CONTAINERS_RUN';
const label = 'longwire.test-run';

/** Of every container and network, so that the run finds what it has made. */
export function runLabels(): Record<string, string> {
  return { [label]: process.env[runVariable] ?? 'none' };
}

/**
 * Removes the containers and networks that a run has left, as after a failure or where a process of it was killed: there need be
 * no Ryuk to do so.
 */
export async function removeRun(run: string): Promise<{ containers: number; networks: number }> {
  const { dockerode } = (await getContainerRuntimeClient()).container;
  const filters = { label: [`${label}=${run}`] };
  const containers = await dockerode.listContainers({ all: true, filters });
  for (const { Id } of containers) await dockerode.getContainer(Id).remove({ v: true, force: true }).catch(gone);
  const networks = await dockerode.listNetworks({ filters });
  for (const { Id } of networks) await dockerode.getNetwork(Id).remove().catch(gone);
  return { containers: containers.length, networks: networks.length };
}

function gone(error: { statusCode?: number }): void {
  if (error.statusCode !== 404) throw error;
}

export type { ContainerRuntimeClient };
