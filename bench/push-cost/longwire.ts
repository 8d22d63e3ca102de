import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { readMetricsText, sumOf } from '../../scaling/core/metrics-text.ts';
import type { BusKind, Role } from '../../scripts/up/args.ts';
import { startSystem, type TestSystem } from '../../test/rigs/system.ts';
import { Upstream } from '../../test/rigs/upstream.ts';
import { LoadDevice, openDevices } from '../load-device.ts';
import type { Target } from './measure.ts';

export interface LongwireTarget extends Target {
  readonly system: TestSystem;
  stop(): Promise<void>;
}

/** A system of its own with its devices connected. @param scale instances of roles, one where nothing is said. */
export async function openLongwire(
  bus: BusKind,
  count: number,
  scale: Partial<Record<Role, number>> = {},
): Promise<LongwireTarget> {
  const system = await startSystem({ bus, scale });
  const { sdk, app } = system.run();
  const upstream = await Upstream.open(system.run(), 256);
  const devices = await openDevices(count, () =>
    LoadDevice.open(sdk, app, (push) => target.onArrived('transmission' in push ? push.transmission : '')),
  );
  const redises = ['redis-1', ...(bus === 'redis' ? ['bus-redis-1'] : [])].map(
    (instance) => new Redis(system.processOf(instance).url!),
  );
  const mysql = await createConnection({ uri: system.processOf('mariadb-1').url! });
  let pushed = 0;

  async function statements(): Promise<number> {
    const [rows] = await mysql.query("SHOW GLOBAL STATUS LIKE 'Questions'");
    return Number((rows as { Value: string }[])[0]!.Value);
  }

  async function commands(): Promise<number> {
    const stats = (await Promise.all(redises.map((redis) => redis.info('commandstats')))).join();
    return [...stats.matchAll(/calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
  }

  /** The sum of a figure over the metrics pages of all processes, or of those of one role. */
  async function figure(name: string, fits?: (labels: Record<string, string>) => boolean, of?: Role): Promise<number> {
    const pages = system.run().processes.flatMap(({ role, metrics }) => (of && of !== role ? [] : (metrics ?? [])));
    const sums = pages.map(async (page) => sumOf(readMetricsText(await (await fetch(page)).text()), name, fits) ?? 0);
    return (await Promise.all(sums)).reduce((sum, value) => sum + value, 0);
  }

  /** Not asked of MariaDB, which would look at all tasks for it. */
  const counted = (): Promise<number> =>
    figure('longwire_receipt_events_total', ({ event }) => event === 'arrived', 'user-mysql');

  const target: LongwireTarget = {
    system,
    onArrived: () => {},
    devices: count,
    async push(pushes) {
      pushed += pushes.length;
      const [first] = pushes;
      const cidOf = (device: number): string => devices[device]!.credentials.cid;
      if (pushes.length === 1) await upstream.push(cidOf(first!.device), first!.text);
      else await upstream.pushBatch(pushes.map(({ device, text }) => ({ cid: cidOf(device), text })));
    },
    pids() {
      // The users' Redis and the bus' are one figure.
      const all = system.run().processes.map(({ role, pid }) => ({ role: role.replace(/^bus-/, ''), pid }));
      const names = [...new Set(all.map(({ role }) => role))];
      return Object.fromEntries(
        names.map((name) => [name, all.filter(({ role }) => role === name).map(({ pid }) => pid)]),
      );
    },
    async counts() {
      const [calls, redisCommands, sql] = await Promise.all([
        figure('longwire_call_seconds_count'),
        commands(),
        statements(),
      ]);
      return { 'internal calls': calls, 'Redis commands': redisCommands, 'SQL statements': sql };
    },
    atRest: async () => (await counted()) >= pushed,
    async stop() {
      for (const device of devices) device.terminate();
      for (const redis of redises) redis.disconnect();
      await mysql.end();
      await upstream.close();
      await system.stop();
    },
  };
  return target;
}
