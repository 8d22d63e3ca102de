import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readMetricsText } from '../../scaling/core/metrics-text.ts';
import { type StartedDevice, startDevice } from '../rigs/device.ts';
import { waitFor } from '../rigs/process.ts';
import { commandAt } from '../rigs/redis-command.ts';
import { startSystem, type TestSystem } from '../rigs/system.ts';
import { Upstream } from '../rigs/upstream.ts';

/**
 * A long steady load on the Redis bus with small bounds: `node test/chaos/soak.ts --seconds 1200 --rate 300 --max-records 20000` (Node 26).
 * Pushes go out at the rate whatever becomes of those before, some to devices that are offline. At the end the
 * users' Redis is emptied: who was offline must get all that the bus still holds. Ends with 1 if a push was refused, or one is missing, came
 * twice or out of order, or nothing was left to be made whole.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '1200' },
    rate: { type: 'string', default: '300' },
    'max-records': { type: 'string', default: '20000' },
  },
});
const seconds = Number(values.seconds);
const rate = Number(values.rate);
const online = 60;
const offline = 10;
/** One push in so many is for a device that is offline. */
const offlineEvery = 20;
const tickMs = 20;
const tellMs = 30_000;
/** What was accepted so shortly after the oldest record that is kept may have been before it. */
const marginMs = 10_000;
const healMs = 120_000;

interface Target {
  device: StartedDevice;
  accepted: { text: string; atMs: number }[];
}

const system = await startSystem({ bus: 'redis', settings: [`busMaxRecords=${values['max-records']}`] });
try {
  const { sdk: url, app } = system.run();
  const options = { url, appId: app.appId, appSecret: app.appSecret };
  const upstream = await Upstream.open(system.run());
  const targets: Target[] = Array.from({ length: online + offline }, () => ({
    device: startDevice(options),
    accepted: [],
  }));
  await Promise.all(targets.map(({ device }) => device.online(60_000)));
  const gone = targets.slice(online);
  for (const { device } of gone) device.device.close();

  let refused = 0;
  let sent = 0;
  let underWay = 0;
  async function push(number: number): Promise<void> {
    const target = number % offlineEvery === 0 ? gone[(number / offlineEvery) % offline]! : targets[number % online]!;
    const text = String(number);
    underWay++;
    try {
      const body = upstream.pushBody(target.device.cid(), text, { requestId: randomBytes(12).toString('hex') });
      const answer = await upstream.once('POST', '/push/single/cid', body);
      if (answer.code === 0) target.accepted.push({ text, atMs: Date.now() });
      else refused++;
    } catch {
      refused++;
    } finally {
      underWay--;
    }
  }

  const beganMs = Date.now();
  let toldMs = beganMs;
  while (Date.now() < beganMs + seconds * 1_000) {
    const due = Math.floor(((Date.now() - beganMs) / 1_000) * rate);
    while (sent < due) void push(sent++);
    if (Date.now() - toldMs > tellMs) {
      toldMs += tellMs;
      console.log(await figures(system, { seconds: Math.round((toldMs - beganMs) / 1_000), sent, refused, underWay }));
    }
    await sleep(tickMs);
  }
  await waitFor('all are answered', () => underWay === 0, 60_000);
  const stayed = targets.slice(0, online);
  await waitFor(
    'who is online has all',
    () => stayed.every(({ device, accepted }) => device.pushes.length >= accepted.length),
    healMs,
    200,
  ).catch(() => {});
  const windowMs = (await windowOf(system)) ?? Number.POSITIVE_INFINITY;
  const emptiedMs = Date.now();
  await commandAt(portOf(system, 'redis-1'), 'FLUSHALL');
  const again = gone.map(({ device }) => startDevice({ ...options, storage: device.storage }));
  const wanted = gone.map(({ accepted }) =>
    accepted.filter(({ atMs }) => atMs > emptiedMs - windowMs + marginMs).map(({ text }) => text),
  );
  const lacks = (): number =>
    again.reduce((sum, { pushes }, index) => {
      const got = new Set(pushes.map(({ transmission }) => transmission));
      return sum + wanted[index]!.filter((text) => !got.has(text)).length;
    }, 0);
  await waitFor('who was offline has all', () => lacks() === 0, healMs, 200).catch(() => {});
  const all = [...stayed.map(({ device }) => device), ...again];
  const got = all.map(({ pushes }) => pushes.map(({ transmission }) => Number(transmission)));
  const missing = stayed.reduce((sum, { accepted }, index) => {
    const had = new Set(got[index]);
    return sum + accepted.filter(({ text }) => !had.has(Number(text))).length;
  }, lacks());
  const twice = got.reduce((sum, one) => sum + one.length - new Set(one).size, 0);
  // Requests to one device overlap, so what was accepted first is not known where they are close: those far apart must keep their order.
  const outOfOrder = got.reduce(
    (sum, one) => sum + one.filter((number, at) => at > 0 && number + rate < one[at - 1]!).length,
    0,
  );
  const afterEmptying = wanted.flat().length;
  const verdict = {
    sent,
    refused,
    missing,
    twice,
    outOfOrder,
    afterEmptying,
    windowMs,
    wholeAfterMs: Date.now() - emptiedMs,
  };
  console.log(verdict);
  process.exitCode = refused + missing + twice + outOfOrder === 0 && afterEmptying > 0 ? 0 : 1;
  if (process.exitCode === 1) console.log(system.logs());
  for (const { device } of all) device.close();
  await upstream.close();
} finally {
  await system.stop();
}

async function figures(of: TestSystem, counts: Record<string, number>) {
  const [bus, own] = await Promise.all([usedMb(portOf(of, 'bus-redis-1')), usedMb(portOf(of, 'redis-1'))]);
  const windowMs = await windowOf(of);
  return {
    ...counts,
    busMb: bus,
    usersMb: own,
    windowS: windowMs === undefined ? 'all' : Math.round(windowMs / 1_000),
  };
}

function portOf(of: TestSystem, store: string): number {
  return Number(new URL(of.processOf(store).url!).port);
}

async function usedMb(port: number): Promise<number> {
  const info = String(await commandAt(port, 'INFO', 'memory'));
  return Math.round(Number(/^used_memory:(\d+)/m.exec(info)?.[1]) / 1e6);
}

/** How far back routes can be replayed, ms; undefined: all of them. */
async function windowOf(of: TestSystem): Promise<number | undefined> {
  const page = await (await fetch(of.processOf('im-1').metrics!)).text();
  const name = 'longwire_bus_replay_window_seconds';
  const found = readMetricsText(page).filter((sample) => sample.name === name && sample.labels['topic'] === 'route');
  return found.length === 0 ? undefined : Math.min(...found.map(({ value }) => value)) * 1_000;
}
