import type { DeviceOwner } from '../../load/edges/load-device.ts';
import { LoadDevice } from '../../load/edges/load-device.ts';
import { waitFor } from '../../test/rigs/process.ts';

/** Begin to connect in one go; the next ones follow when these are online. */
const atOnce = 50;

/** Devices that come back as an SDK does, and what they see of moves and of pushes. */
export class Devices {
  readonly #devices: LoadDevice[] = [];
  readonly #leftAt: number[] = [];
  readonly #arrived = new Map<string, number>();
  readonly #owner: DeviceOwner;
  #redelivered = 0;
  #connects = 0;

  constructor(target: DeviceOwner['target']) {
    this.#owner = {
      target,
      connected: () => {
        this.#connects++;
      },
      ready: () => {},
      disconnected: () => void this.#leftAt.push(performance.now()),
      failed: () => {},
      stopped: () => {},
      pushed: (_device, push, isNew) => {
        if (!isNew) this.#redelivered++;
        else if (push.transmission !== undefined)
          this.#arrived.set(push.transmission, this.copies(push.transmission) + 1);
      },
      acknowledges: (device) => queueMicrotask(() => device.acknowledge()),
    };
  }

  async open(count: number): Promise<void> {
    while (this.#devices.length < count) {
      const batch = Array.from({ length: Math.min(atOnce, count - this.#devices.length) }, () => {
        const device = new LoadDevice(this.#owner, this.#devices.length, undefined, undefined);
        this.#devices.push(device);
        device.dial();
        return device;
      });
      await waitFor('devices connect', () => batch.every(({ isOnline }) => isOnline), 60_000, 5);
    }
  }

  get online(): number {
    return this.#devices.filter(({ isOnline }) => isOnline).length;
  }

  /** Logins so far. */
  get connects(): number {
    return this.#connects;
  }

  /** Pushes that came again and that a device's app doesn't see. */
  get redelivered(): number {
    return this.#redelivered;
  }

  cid(index: number): string {
    return this.#devices[index % this.#devices.length]!.cid!;
  }

  /** How often a text reached a device's app. */
  copies(text: string): number {
    return this.#arrived.get(text) ?? 0;
  }

  /** Connections that ended so far, and the most of them in any 1,000 ms. */
  ended(): { all: number; mostInASecond: number } {
    let most = 0;
    let from = 0;
    for (const [index, at] of this.#leftAt.entries()) {
      while (this.#leftAt[from]! <= at - 1_000) from++;
      most = Math.max(most, index - from + 1);
    }
    return { all: this.#leftAt.length, mostInASecond: most };
  }

  stop(): void {
    for (const device of this.#devices) device.stop();
  }
}
