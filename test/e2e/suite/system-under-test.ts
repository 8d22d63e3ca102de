import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { RunFile, RunningProcess } from '../../../scripts/up/run-file.ts';
import { Keys } from '../../../services/user-redis/keys.ts';
import { type Certificate, selfSignedCertificate } from '../../rigs/certificate.ts';
import { patience, waitFor } from '../../rigs/process.ts';
import { type SystemOptions, startSystem, type TestSystem } from '../../rigs/system.ts';
import { nameForContainers } from '../../rigs/test-host.ts';
import { Upstream } from '../../rigs/upstream.ts';

const keys = new Keys('longwire');

/** One running system that the suites of a file share; whoever starts it says how it runs. */
export class SystemUnderTest {
  /** Of servers on this machine that the system is to trust. */
  readonly certificate: Certificate = selfSignedCertificate(nameForContainers);
  #folder = mkdtempSync(join(tmpdir(), 'longwire-trusted-'));
  #system: TestSystem | undefined;
  #upstream: Upstream | undefined;

  async start(
    options: SystemOptions,
    starter: (options: SystemOptions) => Promise<TestSystem> = startSystem,
  ): Promise<void> {
    const trusted = join(this.#folder, 'cert.pem');
    writeFileSync(trusted, this.certificate.cert);
    this.#system = await starter({ trusted, ...options });
    this.#upstream = await Upstream.open(this.#system.run());
  }

  async stop(): Promise<void> {
    await this.#upstream?.close();
    await this.#system?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get system(): TestSystem {
    if (!this.#system) throw new Error('the system is not started');
    return this.#system;
  }

  get upstream(): Upstream {
    if (!this.#upstream) throw new Error('the system is not started');
    return this.#upstream;
  }

  get run(): RunFile {
    return this.system.run();
  }

  /** The instance that is the database. */
  get database(): RunningProcess {
    return this.run.processes.find(({ role }) => role === 'mariadb' || role === 'mysql')!;
  }

  deviceOptions(): { url: string; appId: string; appSecret: string } {
    const { sdk, app } = this.run;
    return { url: sdk, appId: app.appId, appSecret: app.appSecret };
  }

  /** Resolves when the API says the device is offline. */
  async offline(cid: string): Promise<void> {
    await waitFor('the device is offline', async () => (await this.#statusOf(cid)) === 'offline');
  }

  /** Resolves when every CM has a lease: before that Redis, emptied a moment ago, takes its devices for offline. */
  async leased(): Promise<void> {
    const nodes = this.run.processes.filter(({ role }) => role === 'cm').map(({ instance }) => keys.lease(instance));
    const redis = this.openRedis();
    try {
      await waitFor('every CM has its lease', async () => (await redis.exists(...nodes)) === nodes.length);
    } finally {
      redis.disconnect();
    }
  }

  async #statusOf(cid: string): Promise<string | undefined> {
    const { data } = await this.upstream.call('GET', `/user/status/${cid}`);
    return (data as Record<string, { status: string }>)[cid]?.status;
  }

  /** Resolves when this many messages wait for the device. */
  async depth(cid: string, count: number): Promise<void> {
    const redis = this.openRedis();
    try {
      await waitFor(
        `${count} messages wait for the device`,
        async () => (await redis.zcard(keys.queue(cid))) === count,
      );
    } finally {
      redis.disconnect();
    }
  }

  /** A connection to the users' Redis, for whoever looks into it or empties it. */
  openRedis(): Redis {
    return new Redis(this.system.processOf('redis-1').url!);
  }

  /** Resolves when the instance runs with another pid than this one and is ready. */
  async backAgain(instance: string, oldPid: number): Promise<void> {
    await waitFor(
      `${instance} is back`,
      async () => {
        const { pid, health } = this.system.processOf(instance);
        if (pid === oldPid) return false;
        return health === null || (await fetch(health, { signal: AbortSignal.timeout(1_000 * patience) })).ok;
      },
      60_000,
      50,
    );
  }

  /** The value of one metric of one instance, all of its labels added up. */
  async metric(instance: string, name: string): Promise<number> {
    const text = await (await fetch(this.system.processOf(instance).metrics!)).text();
    const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }
}
