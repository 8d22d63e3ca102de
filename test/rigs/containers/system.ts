import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Role, roles } from '../../../scripts/up/args.ts';
import { ensureApp } from '../../../scripts/up/demo-app.ts';
import { openInstallation } from '../../../scripts/up/installation.ts';
import { type RunFile, type RunningProcess, writeRunFile } from '../../../scripts/up/run-file.ts';
import { waitFor } from '../process.ts';
import type { SystemOptions, TestSystem } from '../system.ts';
import { nameForContainers } from '../test-host.ts';
import { Balancer, type Target } from './balancer.ts';
import type { Engine } from './engine.ts';
import { Fleet } from './fleet.ts';
import { type Extra, Line, ports } from './line.ts';
import { databaseOf, mysqlUrlOf, redisUrlOf, startStores } from './stores.ts';

const readyLimitMs = 180_000;
const probeEveryMs = 1_000;
const stores = ['redis-1', 'mysql-1', 'kafka-1'];

/** A system of containers, with what tests do to containers alone. */
export interface ContainerSystem extends TestSystem {
  fleet: Fleet;
  line: Line;
  /** Starts one more instance and waits until it is ready. */
  add(role: Role, name: string, extra?: Extra): Promise<void>;
  /** Stops one in order, for good. @returns its exit code */
  end(name: string): Promise<number>;
}

/** Which product line it is, and the system whose stores it shares, if any: that one is to be stopped after it. */
export interface LineChoice {
  line: string;
  besides?: ContainerSystem;
  /** Of every instance that it starts with. */
  extra?: Extra;
}

/** A starter for `SystemUnderTest.start`: product line "push", if no other is named, from its images, on Kafka. The engine has them all. */
export async function startContainers(
  engine: Engine,
  options: SystemOptions = {},
  choice: LineChoice = { line: 'push' },
): Promise<ContainerSystem> {
  const { line: lineName, besides } = choice;
  /** Of what it keeps in the stores: the suites know what one that is alone calls it. */
  const prefix = besides ? lineName : 'longwire';
  const dataDir = mkdtempSync(join(tmpdir(), 'longwire-containers-'));
  const installation = openInstallation(dataDir, 'kafka');
  const fleet = besides?.fleet ?? new Fleet(engine);
  const instances = new Map<string, Role>();
  const ready = new Set<string>();
  const balancers: Balancer[] = [];
  let probing: NodeJS.Timeout | undefined;
  let kafka: Balancer | undefined;

  const opsOf = (name: string): string => `http://${fleet.of(name).addresses[lineName]}:${ports.ops}`;
  /** Like the readiness probes of a cluster: who isn't ready gets nothing new. */
  const probe = async (name: string): Promise<void> => {
    try {
      const answer = await fetch(`${opsOf(name)}/health/ready`, { signal: AbortSignal.timeout(probeEveryMs) });
      if (answer.ok) ready.add(name);
      else ready.delete(name);
    } catch {
      ready.delete(name);
    }
  };
  const balance = async (role: Role, port: number): Promise<string> => {
    const balancer = await Balancer.start(() => targetsOf(role, port));
    balancers.push(balancer);
    return balancer.address;
  };
  const targetsOf = (role: Role, port: number): Target[] => {
    const running = [...instances].filter(([name, one]) => one === role && ready.has(name));
    return running.flatMap(([name]) => {
      const host = runs(fleet, name) ? fleet.of(name).addresses[lineName] : undefined;
      return host === undefined ? [] : [{ host, port }];
    });
  };
  const stop = async (): Promise<void> => {
    clearInterval(probing);
    await Promise.all(balancers.splice(0).map((balancer) => balancer.stop()));
    if (!besides) await fleet.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };

  try {
    await fleet.network(lineName);
    if (!besides) {
      await fleet.network('outside', { internal: false });
      kafka = await startStores(fleet, dataDir);
      balancers.push(kafka);
    }
    const mysqlUrl = await databaseOf(fleet, prefix);
    const line = new Line(fleet, {
      ...{ line: lineName, prefix, installation, dataDir, mysqlUrl },
      ...(options.trusted === undefined ? {} : { trusted: options.trusted }),
    });
    const add: ContainerSystem['add'] = async (role, name, extra) => {
      await line.add(role, name, extra);
      instances.set(name, role);
      await waitFor(`${name} is ready`, async () => probe(name).then(() => ready.has(name)), readyLimitMs, 200);
    };
    probing = setInterval(() => instances.forEach((_, name) => void probe(name)), probeEveryMs);
    const all = roles.flatMap((role) =>
      Array.from({ length: options.scale?.[role] ?? 1 }, (_, index) => ({
        role,
        name: `${besides ? `${lineName}-` : ''}${role}-${index + 1}`,
      })),
    );
    await Promise.all(all.map(({ role, name }) => add(role, name, choice.extra)));
    const [api, sdk] = [await balance('im', ports.api), await balance('cm', ports.sdk)];
    const userMysql = `http://${await balance('user-mysql', ports['user-mysql'])}`;
    const app = await ensureApp(userMysql, installation.internalSecret, installation.app);

    const processOf = (name: string): RunningProcess => {
      const { pid } = fleet.of(name);
      const url = storeUrlOf(fleet, name, kafka?.address);
      const role = instances.get(name) ?? name.replace(/-1$/, '');
      if (url !== undefined) return { role, instance: name, pid, health: null, metrics: null, url };
      return { role, instance: name, pid, health: `${opsOf(name)}/health/ready`, metrics: `${opsOf(name)}/metrics` };
    };
    const run = (): RunFile => ({
      api: `http://${api}`,
      sdk: `ws://${sdk}/sdk/v1`,
      webPush: { publicKey: installation.webPush.publicKey },
      app,
      internal: { userMysql, secret: installation.internalSecret },
      processes: [...stores, ...instances.keys()].flatMap((name) => (runs(fleet, name) ? [processOf(name)] : [])),
    });
    writeRunFile(dataDir, run());
    return {
      ...{ dataDir, fleet, line, run, processOf, add, stop },
      testHost: { name: nameForContainers, address: await fleet.gateway('outside') },
      kill(name, signal = 'SIGKILL') {
        const { pid } = fleet.of(name);
        process.kill(pid, signal);
        return pid;
      },
      async end(name) {
        ready.delete(name);
        const code = await fleet.end(name);
        instances.delete(name);
        return code;
      },
      logs: () => logsOf(fleet),
    };
  } catch (error) {
    const said = await logsOf(fleet);
    await stop();
    throw new Error(`${(error as Error).message}\n${said}`, { cause: error });
  }
}

function runs(fleet: Fleet, name: string): boolean {
  try {
    fleet.of(name);
    return true;
  } catch {
    return false;
  }
}

function storeUrlOf(fleet: Fleet, name: string, kafka = ''): string | undefined {
  if (name === 'redis-1') return redisUrlOf(fleet);
  if (name === 'mysql-1') return `${mysqlUrlOf(fleet)}/longwire`;
  if (name === 'kafka-1') return kafka;
  return undefined;
}

/** Of a failure, where waiting for each doesn't matter. */
function logsOf(fleet: Fleet): Promise<string> {
  const said = fleet.names().map(async (name) => `--- ${name}\n${await fleet.logs(name, 15).catch(String)}`);
  return Promise.all(said).then((all) => all.join('\n'));
}
