import type { CpuMeter, CpuUse } from '../cpu-use.ts';
import { type Arrived, arrive, type Connection } from './arrivals.ts';

/** CPU time of connections that come, and how they came. */
export interface Round {
  use: CpuUse;
  seconds: number;
  retries: number;
}

export interface Comers {
  meter: CpuMeter;
  count: number;
  open: (index: number) => Promise<Connection>;
}

/** They come, so many at once, and are cut off when all are there. */
export async function comeAndGo({ meter, count, open }: Comers, atOnce: number): Promise<Round> {
  let arrived: Arrived | undefined;
  const use = await meter.during(async () => {
    arrived = await arrive(count, atOnce, open);
    cutOff(arrived.connections);
  });
  return roundOf(use, arrived!);
}

/** They are there, are cut off together, and come back all at once. Only that is measured. */
export async function comeBack({ meter, count, open }: Comers, atOnceBefore: number): Promise<Round> {
  const { connections } = await arrive(count, atOnceBefore, open);
  await meter.settled();
  let arrived: Arrived | undefined;
  const use = await meter.during(async () => {
    cutOff(connections);
    arrived = await arrive(count, count, open);
  });
  cutOff(arrived!.connections);
  await meter.settled();
  return roundOf(use, arrived!);
}

export function cutOff(connections: Connection[]): void {
  for (const connection of connections) connection.terminate();
}

function roundOf(use: CpuUse, { seconds, retries }: Arrived): Round {
  return { use, seconds, retries };
}
