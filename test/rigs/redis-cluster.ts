import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { slotOf } from '../../services/common/redis/slots.ts';
import { freePort, waitFor } from './process.ts';
import { type RedisServer, startRedis } from './redis.ts';
import { commandAt, infoAt } from './redis-command.ts';

export interface ClusterRig {
  /** `redis-cluster://…`, of all nodes. */
  readonly url: string;
  /** Of all nodes. */
  readonly ports: number[];
  /** Port of the master that has a key's slot. */
  masterOf(key: string): Promise<number>;
  masterPorts(): Promise<number[]>;
  kill(port: number): Promise<void>;
  start(port: number): Promise<void>;
  /** Has a replica of this master take its place while it lives. */
  promote(masterPort: number): Promise<void>;
  /** Moves the slots of a master, some hundred of them, to another while it serves. */
  reshard(from: number, to: number, slots: number): Promise<void>;
  /** Resolves when all slots are served, and each master has a replica that follows. */
  whole(): Promise<void>;
  close(): Promise<void>;
}

interface Row {
  from: number;
  to: number;
  /** Ports, the master's first. */
  nodes: [master: number, ...replicas: number[]];
}

/** Three masters with a replica each. A dead master is replaced within some seconds. */
export async function startCluster(dir: string): Promise<ClusterRig> {
  const servers = new Map<number, RedisServer>();
  const busPorts = new Map<number, number>();
  const startNode = async (port: number): Promise<void> => {
    const args = [
      ...['--cluster-enabled', 'yes', '--cluster-node-timeout', '1500', '--cluster-port', String(busPorts.get(port))],
      ...['--repl-diskless-sync-delay', '0', '--repl-timeout', '5', '--repl-ping-replica-period', '1'],
    ];
    servers.set(port, await startRedis({ dir: join(dir, `node-${port}`), port, args }));
  };
  for (let index = 0; index < 6; index++) {
    const port = await freePort();
    busPorts.set(port, await freePort());
    await startNode(port);
  }
  const ports = [...servers.keys()];
  const nodes = ports.map((port) => `127.0.0.1:${port}`);
  const cli = (...args: string[]) => promisify(execFile)('redis-cli', ['--cluster', ...args], { timeout: 60_000 });
  await cli('create', ...nodes, '--cluster-replicas', '1', '--cluster-yes');

  async function rows(): Promise<Row[]> {
    let fault: unknown;
    for (const port of ports) {
      try {
        const found = (await commandAt(port, 'CLUSTER', 'SLOTS')) as [number, number, ...[string, number][]][];
        if (found.length === 0) continue;
        return found.map(([from, to, master, ...replicas]) => ({
          ...{ from, to },
          nodes: [master![1], ...replicas.map(([, replica]) => replica)],
        }));
      } catch (error) {
        fault = error;
      }
    }
    throw new Error('no node answers', { cause: fault });
  }
  const masterPorts = async (): Promise<number[]> => [...new Set((await rows()).map(({ nodes: [master] }) => master))];
  async function idOf(port: number): Promise<string> {
    return String(await commandAt(port, 'CLUSTER', 'MYID'));
  }

  const rig: ClusterRig = {
    url: `redis-cluster://${nodes.join(',')}`,
    ports,
    async masterOf(key) {
      const slot = slotOf(key);
      return (await rows()).find(({ from, to }) => slot >= from && slot <= to)!.nodes[0];
    },
    masterPorts,
    kill: (port) => servers.get(port)!.end('SIGKILL'),
    start: startNode,
    async promote(masterPort) {
      const replica = (await rows()).find(({ nodes: [master] }) => master === masterPort)!.nodes[1]!;
      await commandAt(replica, 'CLUSTER', 'FAILOVER');
      await waitFor('the replica is a master', async () => (await masterPorts()).includes(replica), 20_000);
    },
    async reshard(from, to, slots) {
      const ids = await Promise.all([idOf(from), idOf(to)]);
      const flags = ['--cluster-from', ids[0], '--cluster-to', ids[1], '--cluster-slots', String(slots)];
      await cli('reshard', `127.0.0.1:${from}`, ...flags, '--cluster-yes');
    },
    async whole() {
      await waitFor(
        'the Cluster is whole',
        async () => {
          const masters = await masterPorts();
          const infos = await Promise.all(masters.map((port) => infoAt(port, 'replication')));
          const states = await Promise.all(ports.map((port) => commandAt(port, 'CLUSTER', 'INFO')));
          return (
            (await rows()).every(({ nodes: [, replica] }) => replica !== undefined) &&
            states.every((state) => String(state).includes('cluster_state:ok')) &&
            infos.every((info) => info.includes('role:master') && /^slave\d+:.*state=online/m.test(info))
          );
        },
        40_000,
        100,
      );
    },
    async close() {
      await Promise.all([...servers.values()].map((server) => server.end('SIGKILL')));
    },
  };
  await rig.whole();
  return rig;
}
