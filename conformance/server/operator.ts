import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readMetricsText } from '../../scaling/core/metrics-text.ts';
import { ask } from '../../scripts/cli/edges/internal-call.ts';
import type { RunFile, RunningProcess } from '../../scripts/up/run-file.ts';
import { cmCalls } from '../../services/common/protocol/cm-calls.ts';
import { type App, userMysqlCalls } from '../../services/common/protocol/user-mysql-calls.ts';
import { userRedisCalls } from '../../services/common/protocol/user-redis-calls.ts';
import { Broken } from '../check.ts';

type Connection = { node: string; boot: string; conn: number };

const pageMs = 2_000;
const backMs = 60_000;
const lookEveryMs = 100;
/** The app that is disabled: one for all runs. */
const ownApp = 'conformance';

/** Whoever runs a system of `npm run up` on this machine, by its run file: its processes, its apps, its connections. */
export class Operator {
  #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Those that run now. */
  processes(): RunningProcess[] {
    return this.#run().processes;
  }

  signal({ pid }: RunningProcess, signal: NodeJS.Signals): void {
    process.kill(pid, signal);
  }

  /** Resolves when another process stands for this one, and can serve. @throws Broken */
  async back({ instance, pid }: RunningProcess): Promise<void> {
    for (const end = performance.now() + backMs; performance.now() < end; await sleep(lookEveryMs)) {
      const now = this.processes().find((one) => one.instance === instance);
      if (now !== undefined && now.pid !== pid && (await serves(now))) return;
    }
    throw new Broken(`${instance} is not back within ${backMs} ms`);
  }

  /** Device connections that all cms take together, by their metrics. */
  async room(): Promise<number> {
    const cms = this.processes().filter(({ role }) => role === 'cm');
    const pages = await Promise.all(cms.map(({ metrics }) => textOf(metrics!)));
    const samples = pages.flatMap((page) => readMetricsText(page));
    const limits = samples.filter(({ name }) => name === 'longwire_cm_connections_limit');
    return limits.reduce((sum, { value }) => sum + value, 0);
  }

  /** Where a device is connected. @throws Broken if it isn't */
  async connection(cid: string): Promise<Connection> {
    const { userRedis: url, secret } = this.#internal();
    const { results } = await ask('user-redis', userRedisCalls, { url, secret }, (calls) =>
      calls.connections({ items: [{ cid }] }),
    );
    if (results[0]) return results[0].route;
    throw new Broken('user-redis knows no connection of the device');
  }

  /** Ends a device's connection, as an operator does from the console. */
  async kick(cid: string): Promise<void> {
    const { userRedis, secret } = this.#internal();
    const { node, boot, conn } = await this.connection(cid);
    const place = { url: userRedis, secret };
    const { nodes } = await ask('user-redis', userRedisCalls, place, (calls) => calls.nodes({}));
    const url = nodes.find((one) => one.node === node)?.address;
    if (url === undefined) throw new Broken(`${node} has no lease`);
    await ask('cm', cmCalls, { url, secret }, (calls) => calls.kick({ boot, conns: [conn], reason: 'admin' }));
  }

  /** An app that nobody else uses, enabled or disabled. cms learn of a change within half a minute. */
  async ownApp(disabled: boolean): Promise<App> {
    const { userMysql: url, secret } = this.#internal();
    return ask('user-mysql', userMysqlCalls, { url, secret }, async (calls) => {
      const { app } = await calls.changeApp({ appId: ownApp, disabled });
      if (app !== null) return app;
      const made = { appId: ownApp, appKey: ownApp, masterSecret: randomSecret(), appSecret: randomSecret() };
      return (await calls.createApp({ ...made, name: 'Conformance kit', disabled })).app!;
    });
  }

  #run(): RunFile {
    return JSON.parse(readFileSync(this.#file, 'utf8')) as RunFile;
  }

  /** @throws Broken of a system of before */
  #internal(): Required<RunFile['internal']> {
    const { internal } = this.#run();
    if (internal.userRedis === undefined) throw new Broken('the run file does not say where user-redis is');
    return { ...internal, userRedis: internal.userRedis };
  }
}

async function serves({ health }: RunningProcess): Promise<boolean> {
  if (health === null) return true;
  return fetch(health, { signal: AbortSignal.timeout(pageMs) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function textOf(url: string): Promise<string> {
  return (await fetch(url, { signal: AbortSignal.timeout(pageMs) })).text();
}

function randomSecret(): string {
  return randomBytes(16).toString('hex');
}
