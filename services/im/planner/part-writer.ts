import type { Bus } from '../../common/bus/bus.ts';
import type { Part } from './pages.ts';

export interface PartWriterDeps {
  publish: Bus['publish'];
  /** Where routers stand in each partition of the route topic. */
  standing: () => ReturnType<Bus['standing']>;
  routeTopic: string;
  now: () => number;
}

/** Devices of parts written and not routed yet at which no further part is written. */
const maxUnrouted = 64;
/** Least time from one look at where routers stand to the next. */
const lookEveryMs = 5;

/**
 * Writes the parts of all jobs of an instance, a few devices at a time: a part's turn comes when routers have stored those
 * before it. So a single push finds the work of a few devices before it wherever it passes, however slow the machine, and
 * other messages, however many, don't keep a part from its turn.
 */
export class PartWriter {
  #deps: PartWriterDeps;
  #unrouted: { at: { partition: number; offset: number }[]; devices: number }[] = [];
  #busy = false;
  #lookMs = 0;

  constructor(deps: PartWriterDeps) {
    this.#deps = deps;
  }

  /** Answers false, having written nothing, while it is not the part's turn. */
  async write({ records, devices }: Part): Promise<boolean> {
    if (this.#busy) return false;
    this.#busy = true;
    try {
      if (!(await this.#isTime())) return false;
      const offsets = await this.#deps.publish(this.#deps.routeTopic, records);
      const at = offsets.map((offset, index) => ({ partition: records[index]!.partition, offset }));
      this.#unrouted.push({ at, devices });
      return true;
    } finally {
      this.#busy = false;
    }
  }

  async #isTime(): Promise<boolean> {
    const { now, standing } = this.#deps;
    if (this.#waiting() < maxUnrouted) return true;
    if (now() < this.#lookMs) return false;
    const stand = await standing();
    this.#lookMs = now() + lookEveryMs;
    this.#unrouted = this.#unrouted.filter(({ at }) =>
      at.some(({ partition, offset }) => {
        const { committed, end } = stand.get(partition) ?? { committed: 0, end: 0 };
        // At or past the end, the bus has lost it: nobody will route it.
        return committed <= offset && offset < end;
      }),
    );
    return this.#waiting() < maxUnrouted;
  }

  #waiting(): number {
    return this.#unrouted.reduce((sum, { devices }) => sum + devices, 0);
  }
}
