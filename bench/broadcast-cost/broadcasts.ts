import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { waitFor } from '../../test/rigs/process.ts';
import type { TestSystem } from '../../test/rigs/system.ts';
import { Upstream } from '../../test/rigs/upstream.ts';
import { type CpuMeter, perUnit } from '../cpu-use.ts';
import { LoadDevice, openDevices } from '../load-device.ts';

/** An app has at most 1,000 broadcasts that haven't expired. */
const ttlMs = 30_000;
const arriveMs = 60_000;
/** Receipts come in transactions a second apart: nothing more has come by then. */
const quietMs = 3_000;

/** Broadcasts to the devices of one system, which are in this process. */
export class Broadcasts {
  /** What a device gets, as text. */
  frame = '';
  #system: TestSystem;
  #upstream: Upstream;
  #devices: LoadDevice[] = [];
  #arrived = 0;

  private constructor(system: TestSystem, upstream: Upstream) {
    this.#system = system;
    this.#upstream = upstream;
  }

  static async open(system: TestSystem, count: number): Promise<Broadcasts> {
    const { sdk, app } = system.run();
    const broadcasts = new Broadcasts(system, await Upstream.open(system.run()));
    broadcasts.#devices = await openDevices(count, () =>
      LoadDevice.open(sdk, app, (push) => {
        if (broadcasts.#arrived++ === 0) broadcasts.frame = JSON.stringify(push);
      }),
    );
    return broadcasts;
  }

  /** Bursts of broadcasts, one after another. @returns by process, CPU time of one message to one device, µs */
  async cost(
    meter: CpuMeter,
    { bursts, burst, acks }: { bursts: number; burst: number; acks: boolean },
  ): Promise<Record<string, number>> {
    for (const device of this.#devices) device.acks = acks;
    const use = await meter.during(async () => {
      for (let made = 0; made < bursts; made++) await this.#pushToAll(burst);
      if (acks) await this.counted();
    });
    return perUnit(use, bursts * burst * this.#devices.length);
  }

  /** One broadcast that is acknowledged, and with it all before it: what comes then doesn't find work of theirs. */
  async acknowledgeAll(): Promise<void> {
    for (const device of this.#devices) device.acks = true;
    await this.#pushToAll(1);
    await this.counted();
  }

  /** Until no more arrivals are counted. */
  async counted(): Promise<void> {
    const connection = await createConnection({ uri: this.#system.processOf('mariadb-1').url! });
    try {
      for (let before = -1, now = 0; now !== before; ) {
        before = now;
        await sleep(quietMs);
        const [rows] = await connection.query('SELECT COALESCE(SUM(arrived_n), 0) AS arrived FROM task');
        now = Number((rows as { arrived: string }[])[0]!.arrived);
      }
    } finally {
      await connection.end();
    }
  }

  async stop(): Promise<void> {
    for (const device of this.#devices) device.terminate();
    await this.#upstream.close();
  }

  async #pushToAll(times: number): Promise<void> {
    const wanted = this.#arrived + times * this.#devices.length;
    const text = 'x'.repeat(100);
    await Promise.all(Array.from({ length: times }, () => this.#upstream.pushAll(text, { ttl: ttlMs })));
    await waitFor('a broadcast has arrived at all', () => this.#arrived >= wanted, arriveMs, 5);
  }
}
