import type { StartedDevice } from '../rigs/device.ts';

/** What was accepted for each device, against what its app got. */
export class Ledger {
  #devices: StartedDevice[];
  #accepted: number[][];

  constructor(devices: StartedDevice[]) {
    this.#devices = devices;
    this.#accepted = devices.map(() => []);
  }

  /** @param number rises with each push to the device. */
  accept(device: number, number: number): void {
    this.#accepted[device]!.push(number);
  }

  get accepted(): number {
    return this.#accepted.reduce((sum, numbers) => sum + numbers.length, 0);
  }

  /** Accepted pushes that have not arrived. */
  missing(): number {
    return this.#devices.reduce((sum, _device, index) => {
      const got = new Set(this.#numbersOf(index));
      return sum + this.#accepted[index]!.filter((number) => !got.has(number)).length;
    }, 0);
  }

  /** Pushes that an app got twice, and ones that it got after a later one. */
  faults(): { twice: number; outOfOrder: number } {
    let twice = 0;
    let outOfOrder = 0;
    for (const index of this.#devices.keys()) {
      const numbers = this.#numbersOf(index);
      twice += numbers.length - new Set(numbers).size;
      outOfOrder += numbers.filter((number, at) => at > 0 && number < numbers[at - 1]!).length;
    }
    return { twice, outOfOrder };
  }

  #numbersOf(index: number): number[] {
    return this.#devices[index]!.pushes.map((push) => Number(push.transmission));
  }
}
