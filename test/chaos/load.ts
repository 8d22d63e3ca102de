import { setTimeout as sleep } from 'node:timers/promises';
import type { StartedDevice } from '../rigs/device.ts';
import type { Upstream } from '../rigs/upstream.ts';
import type { Ledger } from './ledger.ts';

export interface LoadOptions {
  /** Each pushes to devices of its own, one after another. */
  pushers?: number;
  /** Pause between two pushes of one pusher. */
  everyMs?: number;
  broadcastEveryMs?: number;
}

/**
 * Pushes to one and to all, each repeated until it is answered, and noted as accepted then.
 *
 * @returns what ends it, when the pushes under way are answered. @throws (that) if one was refused.
 */
export function startLoad(
  upstream: Upstream,
  devices: StartedDevice[],
  ledger: Ledger,
  { pushers = 6, everyMs = 0, broadcastEveryMs = 250 }: LoadOptions = {},
): () => Promise<void> {
  let going = true;
  const first = ledger.rounds;
  const load = Promise.all([...Array.from({ length: pushers }, (_, pusher) => push(pusher)), broadcast()]);
  // Told at the end, not while faults are still being done.
  load.catch(() => {});

  /** Pushes to one device follow each other, as one pusher does them. */
  async function push(pusher: number): Promise<void> {
    for (let number = first; going; number++) {
      for (let index = pusher; index < devices.length && going; index += pushers) {
        await upstream.push(devices[index]!.cid(), String(number));
        ledger.accept(index, number);
        if (everyMs > 0) await sleep(everyMs);
      }
    }
  }

  async function broadcast(): Promise<void> {
    for (let number = first; going; number++) {
      await upstream.pushAll(String(number));
      ledger.acceptBroadcast(number);
      await sleep(broadcastEveryMs);
    }
  }

  return async () => {
    going = false;
    await load;
  };
}
