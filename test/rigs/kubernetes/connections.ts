import type { Kubectl } from './kubectl.ts';

/** Runs in the pod: says which of the addresses accept a connection. A policy that refuses answers by a reset, or not at all. */
const script = `
const { connect } = require('node:net');
const tryOne = (target) => new Promise((resolve) => {
  const [host, port] = target.split(':');
  const socket = connect({ host, port: Number(port), timeout: 3000 });
  const end = (reached) => { socket.destroy(); resolve(reached ? [target] : []); };
  socket.once('connect', () => end(true)).once('error', () => end(false)).once('timeout', () => end(false));
});
Promise.all(process.argv.slice(1).map(tryOne)).then((all) => console.log(JSON.stringify(all.flat())));
`;

export interface Source {
  namespace: string;
  pod: string;
  container: string;
}

/** Which of the targets, each HOST:PORT, accept a connection from this pod. */
export async function reachedFrom(kubectl: Kubectl, source: Source, targets: string[]): Promise<Set<string>> {
  const { namespace, pod, container } = source;
  const exec = ['-n', namespace, 'exec', pod, '-c', container, '--', 'node', '-e', script, ...targets];
  return new Set(JSON.parse(await kubectl.run(exec)) as string[]);
}
