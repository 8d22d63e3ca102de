import { getContainerRuntimeClient } from 'testcontainers';

/** Of this run of tests; whoever sets a run up says it to all its processes. */
export const runVariable = 'LONGWIRE_CONTAINERS_RUN';
const runLabel = 'longwire.test-run';

/** Of every container and network, so that the run finds what it has made. */
export function runLabels(): Record<string, string> {
  return { [runLabel]: process.env[runVariable] ?? 'none' };
}

/** Removes the containers and networks that a run has left, as where a process of it was killed: it needs no Ryuk to do so. */
export function removeRun(run: string): Promise<void> {
  return removeLabelled(runLabel, run);
}

/** Removes all containers with this label, whatever they are at, and then all networks. */
export async function removeLabelled(label: string, value: string): Promise<void> {
  const { dockerode } = (await getContainerRuntimeClient()).container;
  const filters = { label: [`${label}=${value}`] };
  const containers = await dockerode.listContainers({ all: true, filters });
  await Promise.all(
    containers.map(({ Id }) => dockerode.getContainer(Id).remove({ v: true, force: true }).catch(passIfGone)),
  );
  const networks = await dockerode.listNetworks({ filters });
  await Promise.all(networks.map(({ Id }) => dockerode.getNetwork(Id).remove().catch(passIfGone)));
}

function passIfGone(error: { statusCode?: number }): void {
  // 409: another call is removing it.
  if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
}
