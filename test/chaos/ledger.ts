import type { StartedDevice } from '../rigs/device.ts';

/** What was accepted for each device, against what its app got. */
export class Ledger {
  #devices: StartedDevice[];
  #accepted: number[][];
  #broadcasts: number[] = [];

  constructor(devices: StartedDevice[]) {
    this.#devices = devices;
    this.#accepted = devices.map(() => []);
  }

  /** @param number rises with each push to the device. */
  accept(device: number, number: number): void {
    this.#accepted[device]!.push(number);
  }

  /** @param number rises with each push to all. */
  acceptBroadcast(number: number): void {
    this.#broadcasts.push(number);
  }

  /** Above every number so far: where the next load begins. */
  get rounds(): number {
    return Math.max(0, ...this.#accepted.map((one) => (one.at(-1) ?? -1) + 1), (this.#broadcasts.at(-1) ?? -1) + 1);
  }

  get accepted(): number {
    return this.#accepted.reduce((sum, numbers) => sum + numbers.length, 0) + this.#broadcasts.length;
  }

  /** Accepted pushes that have not arrived, a broadcast for each device that lacks it. */
  missing(): number {
    return this.#streams().reduce((sum, { accepted, got }) => {
      const known = new Set(got);
      return sum + accepted.filter((number) => !known.has(number)).length;
    }, 0);
  }

  /** Pushes that an app got twice, and ones that it got after a later one of their kind. */
  faults(): { twice: number; outOfOrder: number } {
    let twice = 0;
    let outOfOrder = 0;
    for (const { got } of this.#streams()) {
      twice += got.length - new Set(got).size;
      outOfOrder += got.filter((number, at) => at > 0 && number < got[at - 1]!).length;
    }
    return { twice, outOfOrder };
  }

  /** What each device was to get of its own and of broadcasts, and what it got. */
  #streams(): { accepted: number[]; got: number[] }[] {
    return this.#devices.flatMap(({ pushes }, index) => [
      { accepted: this.#accepted[index]!, got: numbersOf(pushes.filter(({ bseq }) => bseq === undefined)) },
      { accepted: this.#broadcasts, got: numbersOf(pushes.filter(({ bseq }) => bseq !== undefined)) },
    ]);
  }
}

function numbersOf(pushes: StartedDevice['pushes']): number[] {
  return pushes.map((push) => Number(push.transmission));
}
