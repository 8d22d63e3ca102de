import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { waitFor } from '../test/rigs/process.ts';
import { startSystem } from '../test/rigs/system.ts';
import { Upstream } from '../test/rigs/upstream.ts';
import { LoadDevice, openDevices } from './load-device.ts';
import { addDevices } from './rows.ts';

/**
 * Broadcasts: `node bench/broadcast.ts [--bus kafka|redis] [--connected 5000] [--away 100]` (Node 26). Prints how long one takes
 * to reach all connected devices, that those that were away get it at their login, and what one costs in Redis commands with
 * 1,000 and with 100,000 registered devices, beside the same system at rest. Ends with 1 if a device missed one.
 */
const { values } = parseArgs({
  options: {
    bus: { type: 'string', default: 'redis' },
    connected: { type: 'string', default: '5000' },
    away: { type: 'string', default: '100' },
  },
});
const connected = Number(values.connected);
const away = Number(values.away);
const rounds = 5;
/** Connected while commands are counted, whatever the number of registered devices. */
const connectedWhileCounted = 100;
const registered = [1_000, 100_000];
const windowMs = 15_000;
const perWindow = 10;

const system = await startSystem({ bus: values.bus === 'kafka' ? 'kafka' : 'redis', scale: { cm: 2 } });
try {
  const { sdk, app } = system.run();
  const upstream = await Upstream.open(system.run());
  const arrivals = new Map<string, number[]>();
  const arrived = (text: string, atMs: number): void => void arrivals.get(text)?.push(atMs);
  const open = (known?: Parameters<typeof LoadDevice.open>[3]): Promise<LoadDevice> =>
    LoadDevice.open(
      sdk,
      app,
      (push) => arrived('transmission' in push ? push.transmission : '', performance.now()),
      known,
    );

  /** Pushes to all and answers when it had arrived at each device, ms from its acceptance on. */
  const pushAll = async (text: string, count: number): Promise<number[]> => {
    arrivals.set(text, []);
    const startMs = performance.now();
    const body = { request_id: randomBytes(12).toString('hex'), audience: 'all', push_message: { transmission: text } };
    const answer = await upstream.call('POST', '/push/all', body);
    if (answer.code !== 0) throw new Error(`refused: ${answer.msg}`);
    await waitFor(`"${text}" arrives`, () => arrivals.get(text)!.length >= count, 60_000).catch(() => {});
    return arrivals.get(text)!.map((atMs) => atMs - startMs);
  };

  const absent = await openDevices(away, () => open());
  for (const device of absent) device.terminate();
  const devices = await openDevices(connected, () => open());
  console.log(`${connected} devices are connected, ${away} were and are away`);
  let missed = 0;
  for (let round = 1; round <= rounds; round++) {
    const times = (await pushAll(`round ${round}`, connected)).sort((left, right) => left - right);
    missed += Math.max(0, connected - times.length);
    const [p50 = 0, last = 0] = [times[Math.floor(times.length / 2)], times.at(-1)];
    console.log(`broadcast ${round}: ${times.length} arrived, p50 ${p50.toFixed(0)} ms, last ${last.toFixed(0)} ms`);
  }
  for (const device of devices.splice(connectedWhileCounted)) device.terminate();
  for (let round = 1; round <= rounds; round++) arrivals.set(`round ${round}`, []);
  const returned = await Promise.all(absent.map(({ credentials }) => open({ credentials, bseq: 1 })));
  const atLogin = (): number => [...arrivals.values()].reduce((sum, times) => sum + times.length, 0);
  await waitFor('all arrive at login', () => atLogin() >= rounds * away, 30_000).catch(() => {});
  missed += Math.max(0, rounds * away - atLogin());
  console.log(`at their login ${away} devices got ${atLogin()} broadcasts, wanted ${rounds * away}`);
  for (const device of returned) device.terminate();

  const redis = new Redis(system.processOf('redis-1').url!);
  const sums: number[] = [];
  for (const [index, count] of registered.entries()) {
    await addDevices(system, count - (registered[index - 1] ?? 0));
    await sleep(3_000);
    const atRest = await commandsDuring(redis, async () => {});
    const busy = await commandsDuring(redis, async () => {
      for (let made = 0; made < perWindow; made++) await pushAll(`cost ${count} ${made}`, connectedWhileCounted);
    });
    const each = Object.keys(busy)
      .map((name): [string, number] => [name, (busy[name]! - (atRest[name] ?? 0)) / perWindow])
      .filter(([, cost]) => Math.abs(cost) >= 0.5);
    sums.push(each.reduce((sum, [, cost]) => sum + cost, 0));
    const shown = each.map(([name, cost]) => `${name} ${cost.toFixed(1)}`).sort();
    console.log(`${count} registered: ${sums.at(-1)!.toFixed(1)} commands a broadcast (${shown.join(', ')})`);
  }
  console.log(`100,000 to 1,000 registered devices: ${(sums[1]! / sums[0]!).toFixed(2)}`);
  redis.disconnect();
  for (const device of devices) device.terminate();
  console.log(missed === 0 ? 'nobody missed one' : `${missed} were missed`);
  process.exitCode = missed > 0 ? 1 : 0;
} finally {
  await system.stop();
}

/** Calls of each command in a window, while the work is done. */
async function commandsDuring(redis: Redis, work: () => Promise<void>): Promise<Record<string, number>> {
  await redis.config('RESETSTAT');
  const end = Date.now() + windowMs;
  await work();
  await sleep(Math.max(0, end - Date.now()));
  const text = await redis.info('commandstats');
  const found = [...text.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)];
  return Object.fromEntries(found.map(([, name, calls]) => [name, Number(calls)]));
}
