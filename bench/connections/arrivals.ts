import { setTimeout as sleep } from 'node:timers/promises';
import { loop } from '../../test/rigs/raw-sockets.ts';

/** Something that a client opens and cuts off. */
export interface Connection {
  terminate(): void;
}

export interface Arrived {
  connections: Connection[];
  /** From the first try to the last success, s. */
  seconds: number;
  /** Tries that were refused or cut off. */
  retries: number;
}

/** As devices wait: longer each time, and not all as long. */
const [firstWaitMs, longestWaitMs] = [500, 8_000];
const maxTries = 20;

/** Opens `count` connections, so many at once; one that fails is tried again later. @throws the last fault of one that fails too often */
export async function arrive(
  count: number,
  atOnce: number,
  open: (index: number) => Promise<Connection>,
): Promise<Arrived> {
  const connections: Connection[] = [];
  let retries = 0;
  const begunMs = performance.now();
  await loop(count, atOnce, async (index) => {
    for (let tries = 1; ; tries++) {
      try {
        connections.push(await open(index));
        return;
      } catch (error) {
        if (tries === maxTries) throw error;
        retries++;
        await sleep(Math.random() * Math.min(longestWaitMs, firstWaitMs * 2 ** tries));
      }
    }
  });
  return { connections, seconds: (performance.now() - begunMs) / 1_000, retries };
}
