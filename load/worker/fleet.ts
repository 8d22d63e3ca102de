import type { PushFrame } from '../../sdk/src/frames.ts';
import { type Counts, countReason } from '../core/counts.ts';
import type { Latency } from '../core/latency.ts';
import type { WorkerTask } from '../core/messages.ts';
import { tagCount, tagOf } from '../core/push-bodies.ts';
import { nowUs } from '../edges/clock.ts';
import { type DeviceOwner, LoadDevice } from '../edges/load-device.ts';

/** Acknowledgements of a device are at least so far apart, as with an SDK; each covers all before it. */
const ackEveryMs = 10;
const sweepEveryMs = 5_000;
const churnEveryMs = 1_000;
/** A device that was cut off comes back within this. */
const churnAwayMs = 1_000;

export interface FleetParts {
  task: WorkerTask;
  counts: Counts;
  connect: Latency;
  /** A message that a device's app hasn't had. */
  onPush: (device: number, push: PushFrame) => void;
}

/** The devices of one worker. */
export class Fleet implements DeviceOwner {
  readonly target: WorkerTask['target'];
  readonly devices: readonly LoadDevice[];
  #parts: FleetParts;
  #byCid = new Map<string, LoadDevice>();
  #unacknowledged = new Set<LoadDevice>();
  #timers: NodeJS.Timeout[] = [];
  #dialer: NodeJS.Timeout | undefined;
  #churnDue = 0;
  #connected = 0;
  #ready = 0;
  #stopped = 0;

  constructor(parts: FleetParts) {
    const { shape, run, target, worker, workers } = parts.task;
    this.target = target;
    this.#parts = parts;
    const count = Math.floor((shape.devices - worker - 1) / workers) + 1;
    this.devices = Array.from({ length: count }, (_, index) => {
      const overall = index * workers + worker;
      const tag = shape.mix.tag > 0 ? tagOf(run, this.groupOf(index)) : undefined;
      const address = shape.sourceAddresses[overall % Math.max(1, shape.sourceAddresses.length)];
      return new LoadDevice(this, index, tag, address);
    });
  }

  /** How many are logged in, have done all of the set-up, have given up. */
  get numbers(): { connected: number; ready: number; stopped: number } {
    return { connected: this.#connected, ready: this.#ready, stopped: this.#stopped };
  }

  /** The tag of a device, from 0. */
  groupOf(device: number): number {
    return device % tagCount;
  }

  ofCid(cid: string): LoadDevice | undefined {
    return this.#byCid.get(cid);
  }

  /** Begins to connect, at the rate of this worker's share. */
  start(): void {
    const { shape, worker, workers } = this.#parts.task;
    const everyMs = (workers * 1_000) / shape.connectRate;
    const beginMs = performance.now() + (worker / workers) * everyMs;
    let next = 0;
    const dialDue = (): void => {
      while (next < this.devices.length && beginMs + next * everyMs <= performance.now()) this.devices[next++]!.dial();
      if (next === this.devices.length) return;
      this.#dialer = setTimeout(dialDue, Math.max(1, beginMs + next * everyMs - performance.now()));
    };
    dialDue();
    this.#every(ackEveryMs, () => this.#acknowledge());
    this.#every(sweepEveryMs, () => {
      const now = nowUs();
      for (const device of this.devices) device.cutIfSilent(now);
    });
  }

  /** Begins to cut devices off, as many a minute as `--churn` says. @returns what ends that */
  startChurn(): () => void {
    const { churn } = this.#parts.task.shape;
    const perTick = ((this.devices.length * churn) / 100) * (churnEveryMs / 60_000);
    const timer = this.#every(churnEveryMs, () => {
      for (this.#churnDue += perTick; this.#churnDue >= 1; this.#churnDue--) this.#cutOne();
    });
    return () => clearInterval(timer);
  }

  /** Those that are not ready take no part any more. */
  dropUnready(): void {
    clearTimeout(this.#dialer);
    for (const device of this.devices) if (!device.isReady) device.stop();
  }

  stop(): void {
    clearTimeout(this.#dialer);
    for (const timer of this.#timers) clearInterval(timer);
    for (const device of this.devices) device.stop();
  }

  connected(device: LoadDevice, us: number): void {
    this.#connected++;
    this.#byCid.set(device.cid!, device);
    this.#parts.counts.connects++;
    this.#parts.connect.record(us);
  }

  ready(): void {
    this.#ready++;
  }

  disconnected(): void {
    this.#connected--;
    this.#parts.counts.disconnects++;
  }

  failed(reason: string): void {
    countReason(this.#parts.counts.connectFailures, reason);
  }

  stopped(device: LoadDevice): void {
    if (!device.isReady) this.#stopped++;
  }

  pushed(device: LoadDevice, push: PushFrame, isNew: boolean): void {
    if (isNew) this.#parts.onPush(device.index, push);
    else this.#parts.counts.redelivered++;
  }

  acknowledges(device: LoadDevice): void {
    this.#unacknowledged.add(device);
  }

  #acknowledge(): void {
    for (const device of this.#unacknowledged) device.acknowledge();
    this.#unacknowledged.clear();
  }

  #cutOne(): void {
    const device = this.devices[Math.floor(Math.random() * this.devices.length)]!;
    if (!device.isOnline) return;
    this.#connected--;
    this.#parts.counts.churned++;
    device.cut(Math.random() * churnAwayMs);
  }

  #every(ms: number, then: () => void): NodeJS.Timeout {
    const timer = setInterval(then, ms);
    this.#timers.push(timer);
    return timer;
  }
}
