import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startDevice } from '../test/rigs/device.ts';
import { startSystem } from '../test/rigs/system.ts';
import { Upstream } from '../test/rigs/upstream.ts';
import { ProcessWatch } from './processes.ts';
import { addMembers, wrongQueues } from './tag-push/members.ts';
import { percentile, SinglePushes } from './tag-push/single-pushes.ts';
import { pushToTag, type TagPushOptions, timesOf } from './tag-push/tag-pushes.ts';

/**
 * A push to a tag of many devices, some of them connected, with single pushes beside it: `node bench/tag-push.ts
 * [--bus kafka|redis] [--devices 100000] [--connected 200] [--rate 40]` (Node 26). The tag is pushed to twice: undisturbed
 * first, then with the planner that works on it killed in the middle. Prints memory of the processes and times of the single
 * pushes beside those of the same system without a push to a tag, and ends with 1 if a bound is not kept.
 */
const { values } = parseArgs({
  options: {
    bus: { type: 'string', default: 'redis' },
    devices: { type: 'string', default: '100000' },
    connected: { type: 'string', default: '200' },
    rate: { type: 'string', default: '40' },
  },
});
const bus = values.bus === 'kafka' ? 'kafka' : 'redis';
const count = Number(values.devices);
const maxGrowthMb = 64;
const maxRatio = 3;
const idleSeconds = 15;
const settleMs = 4_000;

const system = await startSystem({ bus, scale: { im: 2 } });
const watch = new ProcessWatch(system);
try {
  const { sdk: url, app } = system.run();
  const { appId, appSecret } = app;
  const upstream = await Upstream.open(system.run());
  const connected = Array.from({ length: Number(values.connected) }, () =>
    startDevice({ url, appId, appSecret, onPush: async ({ transmission }) => singles.arrived(transmission) }),
  );
  const singles = new SinglePushes(upstream, connected, Number(values.rate));
  await Promise.all(connected.map((device) => device.online(120_000)));
  const tag = `t${randomBytes(4).toString('hex')}`;
  const cids = connected.map((device) => device.cid());
  const others = await addMembers(system, tag, count, cids);
  const options: TagPushOptions = { system, upstream, tag, count, connected };

  await singles.during(sleep(5_000));
  await sleep(settleMs);
  watch.begin();
  await sleep(settleMs);
  const idleMb = watch.medians();

  const cpuAtFirst = watch.cpuSeconds();
  const before = await singles.during(sleep(idleSeconds * 1_000));
  const cpuBefore = watch.cpuSeconds();
  watch.begin();
  const calmPush = pushToTag(options, 'calm', false);
  const beside = await singles.during(calmPush);
  const calm = await calmPush;
  const cpuAfter = watch.cpuSeconds();
  await sleep(settleMs);
  const calmMb = watch.peaks();
  const after = await singles.during(sleep(idleSeconds * 1_000));
  watch.begin();
  const killedPush = pushToTag(options, 'killed', true);
  const besideKilled = await singles.during(killedPush);
  const killed = await killedPush;
  await sleep(settleMs);
  const killedMb = watch.peaks();

  const grown = (instance: string): number =>
    Math.max(calmMb.get(instance)!, killedMb.get(instance)!) - idleMb.get(instance)!;
  const cpuPerDevice = (instance: string): number => {
    const idle = (cpuBefore.get(instance)! - cpuAtFirst.get(instance)!) * (calm.seconds / idleSeconds);
    return (cpuAfter.get(instance)! - cpuBefore.get(instance)! - idle) / count;
  };
  const processes = system.run().processes.map(({ instance, metrics }) => ({ instance, isRole: metrics !== null }));
  console.log(`\nbus ${bus}, ${count} devices, ${cids.length} connected, ${values.rate} single pushes a second\n`);
  console.table(
    processes.map(({ instance, isRole }) => ({
      instance,
      'idle MB': Math.round(idleMb.get(instance)!),
      'peak MB': Math.round(calmMb.get(instance)!),
      'peak with the kill MB': Math.round(killedMb.get(instance)!),
      'difference MB': Math.round(grown(instance)),
      'CPU µs a device': Math.round(cpuPerDevice(instance) * 1_000_000),
      verdict: isRole ? verdict(grown(instance) <= maxGrowthMb) : 'a store',
    })),
  );
  const idle = [...before, ...after];
  const ratio = percentile(beside, 0.99) / percentile(idle, 0.99);
  console.table([
    times('idle, before', before),
    times('idle, after', after),
    times('idle, both', idle),
    times('beside the push to the tag', beside),
    times('the same, with the kill', besideKilled),
  ]);
  const missed = await wrongQueues(system, others, [calm.task, killed.task]);
  const wrong = connected.filter((device) => ['calm', 'killed'].some((text) => timesOf(device, text) !== 1));
  const counted = [await calm.counted(), await killed.counted()];
  const verdicts = {
    memory: processes.every(({ instance, isRole }) => !isRole || grown(instance) <= maxGrowthMb),
    latency: ratio <= maxRatio,
    'once each': missed + wrong.length === 0 && counted.every((one) => one === count),
  };
  console.log(
    `devices a second: ${Math.round(count / calm.seconds)}; with the kill ${killed.seconds.toFixed(0)} s in all`,
  );
  console.log(`p99 beside the push to the tag: ${ratio.toFixed(2)} × of idle, at most ${maxRatio}`);
  console.log(
    `counted ${counted.join(' and ')}; wrong queues ${missed}, connected devices with other than one ${wrong.length}`,
  );
  for (const [name, kept] of Object.entries(verdicts)) console.log(`${name}: ${verdict(kept)}`);
  process.exitCode = Object.values(verdicts).every(Boolean) ? 0 : 1;
  for (const { device } of connected) device.close();
  await upstream.close();
} finally {
  watch.stop();
  await system.stop();
}

function verdict(kept: boolean): string {
  return kept ? 'kept' : 'NOT KEPT';
}

function times(name: string, all: number[]) {
  const [p50, p99, most] = [0.5, 0.99, 1].map((share) => Number(percentile(all, share).toFixed(1)));
  return { 'single pushes': name, count: all.length, 'p50 ms': p50, 'p99 ms': p99, 'most ms': most };
}
