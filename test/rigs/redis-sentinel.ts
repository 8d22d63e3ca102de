import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type Managed, waitFor } from './process.ts';
import { type RedisServer, startRedis, startRedisProgram } from './redis.ts';
import { commandAt, infoAt } from './redis-command.ts';

export interface SentinelRig {
  /** `redis-sentinel://…/longwire`, to which a database may be added as `/1`. */
  readonly url: string;
  /** Of all servers. */
  readonly ports: number[];
  /** Port of the master that the Sentinels name. */
  masterPort(): Promise<number>;
  /** Has the Sentinels promote a replica while the master lives. */
  promote(): Promise<void>;
  /** Ends the server with SIGKILL; the Sentinels promote another then, if it was the master. */
  kill(port: number): Promise<void>;
  /** Starts it again with its data; the Sentinels make it a replica. */
  start(port: number): Promise<void>;
  /** Resolves when so many replicas follow the master that the Sentinels name. */
  followed(replicas: number): Promise<void>;
  close(): Promise<void>;
}

const masterName = 'longwire';
const sentinelCount = 3;
/** A replica is there at once, and notices soon that its master is gone. */
const quick = ['--repl-diskless-sync-delay', '0', '--repl-timeout', '5', '--repl-ping-replica-period', '1'];

/** A master, its replicas, and three Sentinels that promote one of them within some seconds. */
export async function startSentinels(dir: string, replicas = 1): Promise<SentinelRig> {
  const servers = new Map<number, RedisServer>();
  const ports: number[] = [];
  for (let index = 0; index <= replicas; index++) ports.push(await freePort());
  const [first] = ports as [number];
  const startServer = async (port: number, more: string[] = []): Promise<void> => {
    const folder = join(dir, `redis-${port}`);
    servers.set(port, await startRedis({ dir: folder, port, args: [...quick, ...more] }));
  };
  await startServer(first);
  for (const port of ports.slice(1)) await startServer(port, ['--replicaof', `127.0.0.1 ${first}`]);
  const sentinels: (Managed & { port: number })[] = [];
  for (let index = 0; index < sentinelCount; index++) sentinels.push(await startSentinel(dir, first));
  const told = async (): Promise<number> => {
    const [, port] = (await commandAt(
      sentinels[0]!.port,
      'SENTINEL',
      'GET-MASTER-ADDR-BY-NAME',
      masterName,
    )) as string[];
    return Number(port);
  };
  const rig: SentinelRig = {
    url: `redis-sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${masterName}`,
    ports,
    masterPort: told,
    async promote() {
      const before = await told();
      await waitFor(
        'the Sentinels agree to a failover',
        async () => {
          if ((await told()) !== before) return true;
          await commandAt(sentinels[0]!.port, 'SENTINEL', 'FAILOVER', masterName).catch(() => {});
          return false;
        },
        30_000,
        200,
      );
    },
    async kill(port) {
      await servers.get(port)!.end('SIGKILL');
    },
    start: (port) => startServer(port),
    async followed(count) {
      await waitFor(
        `${count} replicas follow`,
        async () => {
          const info = await infoAt(await told(), 'replication');
          return (info.match(/^slave\d+:.*state=online/gm)?.length ?? 0) >= count;
        },
        30_000,
        50,
      );
    },
    async close() {
      await Promise.all([...servers.values(), ...sentinels].map((one) => one.end('SIGKILL')));
    },
  };
  await rig.followed(replicas);
  await Promise.all(
    sentinels.map(({ port }) =>
      waitFor(
        'the Sentinels know each other and the replicas',
        async () => {
          const flat = (await commandAt(port, 'SENTINEL', 'MASTER', masterName)) as string[];
          const field = (name: string): number => Number(flat[flat.indexOf(name) + 1]);
          return field('num-other-sentinels') === sentinelCount - 1 && field('num-slaves') === replicas;
        },
        30_000,
        50,
      ),
    ),
  );
  return rig;
}

async function startSentinel(dir: string, masterPort: number): Promise<Managed & { port: number }> {
  const port = await freePort();
  const folder = join(dir, `sentinel-${port}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'sentinel.conf');
  const lines = [
    ...[`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`],
    `sentinel monitor ${masterName} 127.0.0.1 ${masterPort} 2`,
    `sentinel down-after-milliseconds ${masterName} 1000`,
    `sentinel failover-timeout ${masterName} 3000`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  const server = await startRedisProgram({
    dir: folder,
    args: [file, '--sentinel'],
    logFile: join(folder, 'sentinel.log'),
  });
  await waitFor('the Sentinel answers', () => commandAt(port, 'PING').then(() => true));
  return { ...server, port };
}
