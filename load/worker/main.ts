import { noCounts } from '../core/counts.ts';
import { Latency } from '../core/latency.ts';
import type { FromWorker, Tick, ToWorker, WorkerTask } from '../core/messages.ts';
import { byKind, kinds } from '../core/mix.ts';
import { ApiClient } from '../edges/api-client.ts';
import { nowUs } from '../edges/clock.ts';
import { attempts } from './attempts.ts';
import { Fleet } from './fleet.ts';
import { Ledger } from './ledger.ts';
import { maxInFlight, Pusher } from './pusher.ts';

/** A worker process: some of the devices, and as large a part of the pushes. It ends with the process that started it. */
const tickEveryMs = 1_000;
const maxConnections = 1_000;

const tell = (message: FromWorker, told: () => void = () => {}): void => {
  if (process.connected) process.send?.(message, told);
};

// From a terminal, Ctrl-C reaches every process of the group: whoever started this one says what comes of it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.once('disconnect', () => process.exit());

type Hear = (message: Exclude<ToWorker, { t: 'task' }>) => void;

let hear: Hear | undefined;
process.on('message', (message: ToWorker) => {
  if (message.t === 'task') hear = begin(message.task);
  else hear?.(message);
});

function begin(task: WorkerTask): Hear {
  const counts = noCounts();
  const latencies = { accept: new Latency(), connect: new Latency(), send: new Latency() };
  const delivery = byKind(() => new Latency());
  const connections = Math.min(maxConnections, Math.ceil(maxInFlight / task.workers));
  const api = new ApiClient(task.target, connections, task.token);
  const fleet = new Fleet({
    ...{ task, counts, connect: latencies.connect },
    onPush: (device, push) => ledger?.arrived(device, push),
  });
  let ledger: Ledger | undefined;
  let pusher: Pusher | undefined;
  let stopChurn = (): void => {};

  const tick = (last: boolean, told?: () => void): void => {
    ledger?.fanOut.settleOld(nowUs());
    ledger?.tell();
    const numbers = { ...fleet.numbers, inFlight: pusher?.inFlight ?? 0, outstanding: ledger?.outstanding ?? 0 };
    tell({ t: 'tick', last, tick: { counts, ...numbers, latencies: encoded() } }, told);
  };
  const encoded = (): Tick['latencies'] => {
    const { accept, connect, send } = latencies;
    const ofKinds = kinds.map((kind) => [kind, delivery[kind].encode()]);
    const result = {
      ...{ accept: accept.encode(), connect: connect.encode(), send: send.encode() },
      delivery: Object.fromEntries(ofKinds),
    };
    for (const one of [accept, connect, send, ...Object.values(delivery)]) one.reset();
    return result;
  };

  const startPushing = (fromUs: number, untilUs: number): void => {
    fleet.dropUnready();
    const groupOf = (device: number) => (fleet.devices[device]!.isReady ? fleet.groupOf(device) : undefined);
    const own = new Ledger(task, { length: fleet.devices.length, groupOf }, counts, delivery);
    ledger = own;
    const targets = fleet.devices.filter(({ isReady }) => isReady);
    stopChurn = fleet.startChurn();
    if (targets.length === 0) return;
    const parts = { task, api, counts };
    const attempt = attempts({
      ...{ ...parts, fleet, ledger: own, targets },
      tellFanOut: (push, outcome) => {
        own.fanOut.answered(push, outcome, nowUs());
        tell({ t: 'fanOut', push, outcome });
      },
    });
    pusher = new Pusher({ ...parts, accept: latencies.accept, send: latencies.send, attempt });
    pusher.start(fromUs, untilUs);
  };

  const timer = setInterval(() => tick(false), tickEveryMs);
  fleet.start();

  return (message) => {
    switch (message.t) {
      case 'push':
        startPushing(message.fromUs, message.untilUs);
        break;
      case 'stop':
        pusher?.stop();
        stopChurn();
        break;
      case 'fanOut':
        ledger?.fanOut.answered(message.push, message.outcome, nowUs());
        break;
      case 'finish':
        clearInterval(timer);
        ledger?.settle();
        tick(true, () => process.disconnect?.());
        fleet.stop();
        void api.close();
        break;
    }
  };
}
