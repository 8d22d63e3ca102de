import { expect } from 'vitest';
import { type StartedDevice, startDevice } from '../rigs/device.ts';
import { waitFor } from '../rigs/process.ts';
import type { Upstream } from '../rigs/upstream.ts';

/** What a load needs of a system. */
export interface Loaded {
  readonly upstream: Upstream;
  deviceOptions(): { url: string; appId: string; appSecret: string };
}

export interface Load {
  devices: number;
  /** Each has one push under way. */
  workers: number;
}

/** How the load goes while something is done to the system. */
export interface Flow {
  accepted(): number;
  /** Resolves when this many more are accepted than now. */
  more(count: number): Promise<void>;
}

/**
 * Pushes to devices that stay connected while something is done, and holds what each got to what was accepted for it: once, in order,
 * nothing else.
 *
 * @returns how many were accepted
 */
export async function underLoad(
  system: Loaded,
  { devices: count, workers }: Load,
  during: (flow: Flow) => Promise<void>,
): Promise<number> {
  const devices = Array.from({ length: count }, () => startDevice(system.deviceOptions()));
  await Promise.all(devices.map((device) => device.online(60_000)));
  const accepted = devices.map((): string[] => []);
  const total = (): number => accepted.reduce((sum, { length }) => sum + length, 0);
  const push = async (index: number, text: string): Promise<void> => {
    await system.upstream.push(devices[index]!.cid(), text);
    accepted[index]!.push(text);
  };
  let flowing = true;
  const load = Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      for (let round = 0; flowing; round++) {
        for (let index = worker; index < count && flowing; index += workers) await push(index, `k${round}`);
      }
    }),
  );
  // It is awaited at the end; that it failed meanwhile is no news before.
  load.catch(() => {});
  const more = async (wanted: number): Promise<void> => {
    const before = total();
    await waitFor('pushes flow on', () => total() >= before + wanted, 60_000);
  };
  try {
    await during({ accepted: total, more });
  } finally {
    flowing = false;
    await load;
  }
  // What comes twice comes before this, as a device gets all in order.
  for (const index of devices.keys()) await push(index, 'the last');
  await Promise.all(
    devices.map((device, index) =>
      device.waitForPushes(accepted[index]!.length, 60_000).catch((error: Error) => {
        throw new Error(`${error.message}; ${standOf(device, accepted[index]!)}`, { cause: error });
      }),
    ),
  );
  for (const [index, device] of devices.entries()) {
    expect(device.pushes.map(({ transmission }) => transmission)).toEqual(accepted[index]);
  }
  for (const { device } of devices) device.close();
  return total();
}

/** What a device that lacks something says of itself. */
function standOf({ device, pushes, errors }: StartedDevice, accepted: string[]): string {
  const got = pushes.map(({ transmission }) => transmission);
  const missing = accepted.filter((text) => !got.includes(text));
  const heard = errors.slice(-3).map(({ code, message }) => `${code}: ${message}`);
  return `${device.cid} is ${device.state}, has ${got.length}, lacks ${missing.slice(0, 10).join(', ')}; its last errors: ${heard.join('; ')}`;
}
