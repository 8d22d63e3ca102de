import { waitFor } from '../../test/rigs/process.ts';
import { cpuOf } from '../processes.ts';

/** Something that accepts pushes over HTTP and delivers them to devices of this process. */
export interface Target {
  /** Resolves when the pushes are accepted, which go in one request. */
  push(pushes: { device: number; text: string }[]): Promise<void>;
  /** Called at each push that a device got. */
  onArrived: (text: string) => void;
  devices: number;
  /** Processes to count, by name. */
  pids(): Record<string, number[]>;
  /** What was done so far, by kind: internal calls, commands, statements. */
  counts(): Promise<Record<string, number>>;
  /** True when everything that was pushed is counted. */
  atRest(): Promise<boolean>;
}

export interface Cost {
  /** CPU time of all processes of a message, µs, and what of it each used. */
  totalUs: number;
  byProcess: Record<string, number>;
  acceptedPerS: number;
  /** From the start of the request to the device, ms. */
  p50Ms: number;
  p99Ms: number;
  /** Of a message. */
  counts: Record<string, number>;
}

export interface Load {
  callers: number;
  messages: number;
  /** Pushes of one request. */
  batch: number;
  text: string;
}

const arriveMs = 60_000;
const secondUs = 1e6;

/** Pushes from callers at once, each one after another, until all have arrived and are counted. */
export async function measure(target: Target, { callers, messages, batch, text }: Load): Promise<Cost> {
  const begun = new Map<string, number>();
  const delays: number[] = [];
  target.onArrived = (arrived) => {
    const at = begun.get(arrived);
    if (at === undefined || !begun.delete(arrived)) return;
    delays.push(performance.now() - at);
  };
  const before = { cpu: cpuByName(target), counts: await target.counts() };
  const startMs = performance.now();
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < messages) {
      const pushes = [];
      for (; next < messages && pushes.length < batch; next++) {
        const body = `${next} ${text}`.slice(0, text.length);
        begun.set(body, performance.now());
        pushes.push({ device: next % target.devices, text: body });
      }
      await target.push(pushes);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - startMs) / 1_000;
  await waitFor('all pushes have arrived', () => delays.length === messages, arriveMs, 10);
  // Seldom: asking costs the system something too.
  await waitFor('all pushes are counted', () => target.atRest(), arriveMs, 500);
  const after = { cpu: cpuByName(target), counts: await target.counts() };
  const perMessage = (now: Record<string, number>, then: Record<string, number>, scale: number) =>
    Object.fromEntries(
      Object.entries(now).map(([name, value]) => [name, ((value - (then[name] ?? 0)) * scale) / messages]),
    );
  const byProcess = perMessage(after.cpu, before.cpu, secondUs);
  delays.sort((left, right) => left - right);
  return {
    totalUs: Object.values(byProcess).reduce((sum, us) => sum + us, 0),
    byProcess,
    acceptedPerS: messages / seconds,
    p50Ms: delays[Math.floor(messages * 0.5)]!,
    p99Ms: delays[Math.floor(messages * 0.99)]!,
    counts: perMessage(after.counts, before.counts, 1),
  };
}

/** The run whose total is the middle one. */
export function medianOf(costs: Cost[]): Cost {
  return costs.toSorted((left, right) => left.totalUs - right.totalUs)[Math.floor(costs.length / 2)]!;
}

/** µs of a message in everything but Kafka's broker, to which the floor has no counterpart. */
export function withoutBrokerUs(cost: { totalUs: number; byProcess: Record<string, number> | null }): number {
  return cost.totalUs - (cost.byProcess?.['kafka'] ?? 0);
}

function cpuByName(target: Target): Record<string, number> {
  const sum = (pids: number[]): number => pids.reduce((total, pid) => total + (cpuOf(pid) ?? 0), 0);
  return Object.fromEntries(Object.entries(target.pids()).map(([name, pids]) => [name, sum(pids)]));
}
