import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { createDeviceServer } from '../services/cm/edges/device-server.ts';
import { appId, createNode } from '../services/cm/testing/node-rig.ts';
import { listenOn } from '../services/common/rpc/app.ts';
import { waitFor } from '../test/rigs/process.ts';

/**
 * What an idle connection costs cm: `node --expose-gc --max-semi-space-size=8 bench/idle-connections.ts [--count 8000]` (Node 26). The device port
 * and the rules behind it, on queues in memory; the devices are bare sockets of another process. Prints the heap and the resident
 * memory of a connection, and the CPU time of a ping of cm with its answer.
 */
const { values } = parseArgs({ options: { count: { type: 'string', default: '8000' } } });
const count = Number(values.count);
/** Connected before the first reading, so that what is there once is not counted. */
const warmUp = 50;

const node = createNode({ maxConnections: count + warmUp });
const server = createDeviceServer(node.gateway, node.doors, node.log);
const port = await listenOn(server, '127.0.0.1', 0, false);
const devices = fork(new URL('idle-connections/devices.ts', import.meta.url));

/** Connects devices up to this many. */
async function connect(upTo: number): Promise<void> {
  const logins = Array.from({ length: upTo - node.gateway.counts().live }, (_, index) => {
    const cid = (node.gateway.counts().live + index).toString(16).padStart(32, '0');
    return { t: 'login', appId, cid, token: node.identity.deviceToken(appId, cid), seq: 0 };
  });
  devices.send({ port, logins });
  await waitFor('all are connected', () => node.gateway.counts().live === upTo, 120_000);
  // What the stores in memory noted of it isn't cm's.
  node.queues.calls.length = 0;
}

function memory(): NodeJS.MemoryUsage {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage();
}

if (globalThis.gc === undefined) throw new Error('run it with --expose-gc');
await once(devices, 'message');
await connect(warmUp);
const before = memory();
await connect(warmUp + count);
const after = memory();
const each = (key: 'heapUsed' | 'rss'): string => ((after[key] - before[key]) / count).toFixed(0);
console.log(`${count} connections, bytes of each: ${each('heapUsed')} of the heap, ${each('rss')} resident`);

// The clock of the rig is turned on until each was silent for long enough.
const cpu = process.cpuUsage();
for (let passed = 0; passed < 70_000; passed += 500) {
  node.state.now += 500;
  node.gateway.tick();
  if (passed % 5_000 === 0) await new Promise((resolve) => setImmediate(resolve));
}
await waitFor(
  'the answers are read',
  () => node.gateway.all().every(({ connection }) => connection.nextDue() > node.state.now + 60_000),
  30_000,
);
const { user, system } = process.cpuUsage(cpu);
console.log(`a ping and its answer: ${((user + system) / (warmUp + count)).toFixed(1)} µs`);
devices.kill();
process.exit();
