import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { readMetricsText, sumOf } from '../scaling/core/metrics-text.ts';
import type { Run } from '../services/common/protocol/rebalance-calls.ts';
import { waitFor } from '../test/rigs/process.ts';
import { startSystem } from '../test/rigs/system.ts';
import { Upstream } from '../test/rigs/upstream.ts';
import { Devices } from './rebalance/devices.ts';
import { type FurtherCm, startFurtherCm } from './rebalance/further-cm.ts';

/**
 * Two cms become four under load, and `npm run cli -- rebalance` evens them out: `node bench/rebalance.ts [--devices 4000]
 * [--per-second 100] [--rate 40]` (Node 26). The cms listen on one port: the kernel chooses by chance who gets a new connection.
 * Prints the connections of each cm and the logins of each second. Ends with 1 unless all cms are within 10 % of even, no second had more
 * than 5 % of the devices, and every push that was accepted reached its device's app once.
 */
const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '4000' },
    'per-second': { type: 'string', default: '100' },
    rate: { type: 'string', default: '40' },
  },
});
const count = Number(values.devices);
const rate = Number(values.rate);
const maxOff = 0.1;
const maxShareOfSecond = 0.05;
const cli = join(import.meta.dirname, '../scripts/cli/main.ts');
const runFile = promisify(execFile);

const system = await startSystem({ scale: { cm: 2 } });
const further: FurtherCm[] = [];
try {
  const { sdk, app, processes } = system.run();
  const upstream = await Upstream.open(system.run());
  const devices = new Devices({ ws: sdk, appId: app.appId, appSecret: app.appSecret });
  await devices.open(count);
  for (const instance of ['cm-3', 'cm-4']) further.push(await startFurtherCm(system, instance));
  const pages = [
    ...processes.filter(({ role }) => role === 'cm').map(({ metrics }) => metrics!),
    ...further.map(({ metrics }) => metrics),
  ];
  const connections = (): Promise<number[]> =>
    Promise.all(
      pages.map(async (page) => {
        const samples = readMetricsText(await (await fetch(page)).text());
        return sumOf(samples, 'longwire_cm_connections', ({ state }) => state === 'live') ?? Number.NaN;
      }),
    );
  const before = await connections();
  console.log(`${count} devices, ${before.join(' ')} on the four cms, ${rate} pushes a second\n`);

  const accepted: string[] = [];
  const underWay: Promise<unknown>[] = [];
  let made = 0;
  const pushes = setInterval(() => {
    const text = `push ${made}`;
    // A stride that meets devices of all cms.
    underWay.push(upstream.push(devices.cid(made++ * 37), text).then(() => accepted.push(text)));
  }, 1_000 / rate);

  await sleep(3_000);
  const loginsBefore = devices.connects;
  const rows: Record<string, number>[] = [];
  let seen = loginsBefore;
  const began = performance.now();
  const look = async (): Promise<void> => {
    const [one, two, three, four] = (await connections()) as [number, number, number, number];
    const logins = devices.connects - seen;
    seen += logins;
    const second = Math.round((performance.now() - began) / 1_000);
    rows.push({ second, 'cm-1': one, 'cm-2': two, 'cm-3': three, 'cm-4': four, logins });
  };
  const looks = setInterval(() => void look(), 1_000);
  const args = [cli, 'rebalance', '--per-second', values['per-second'], '--data', system.dataDir, '--json'];
  const { run } = JSON.parse((await runFile(process.execPath, args)).stdout) as { run: Run };
  await sleep(3_000);
  clearInterval(looks);
  clearInterval(pushes);
  await Promise.all(underWay);
  await waitFor('all pushes arrive', () => accepted.every((text) => devices.copies(text) > 0), 30_000).catch(() => {});
  await waitFor('all devices are online', () => devices.online === count, 30_000).catch(() => {});

  const after = await connections();
  const off = Math.max(...after.map((one) => Math.abs(one / (count / pages.length) - 1)));
  const { all, mostInASecond } = devices.ended();
  const lost = accepted.filter((text) => devices.copies(text) === 0).length;
  const twice = accepted.filter((text) => devices.copies(text) > 1).length;
  console.table(rows);
  console.log(`run: ${run.state}, ${run.told} devices told in ${(run.forMs / 1_000).toFixed(1)} s`);
  console.log(`connections: ${before.join(' ')} before, ${after.join(' ')} after, ${percent(off)} off at the most`);
  console.log(
    `moves: ${all}, ${mostInASecond} in the worst 1,000 ms, ${percent(mostInASecond / count)} of the devices`,
  );
  console.log(`devices online: ${devices.online} of ${count}`);
  console.log(`pushes: ${accepted.length} accepted, ${lost} lost, ${twice} twice; ${devices.redelivered} sent again`);
  const kept = {
    'within 10 % of even': off <= maxOff,
    'no second above 5 %': mostInASecond <= maxShareOfSecond * count,
    'nothing lost, nothing twice': lost + twice === 0 && devices.online === count,
  };
  for (const [name, is] of Object.entries(kept)) console.log(`${name}: ${is ? 'kept' : 'NOT KEPT'}`);
  process.exitCode = Object.values(kept).every(Boolean) ? 0 : 1;
  devices.stop();
  await upstream.close();
} finally {
  await Promise.all(further.map((cm) => cm.end()));
  await system.stop();
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
