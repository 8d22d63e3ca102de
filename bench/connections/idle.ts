import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Holder } from '../holders/holder.ts';

/** Of one idle connection. */
export interface IdleCost {
  heapBytes: number;
  residentBytes: number;
  /** CPU time of a ping and its answer, µs. */
  pingUs: number;
}

/** Connected before the first reading, so that what is there once is not counted. */
const warmUp = 1_000;

/** What `count` idle connections cost a process that has nothing else; those of cm have logged in. */
export async function measureIdle(kind: 'cm' | 'bare', count: number): Promise<IdleCost> {
  const holder = await Holder.start(kind);
  const devices = fork(new URL('../holders/devices.ts', import.meta.url));
  try {
    await once(devices, 'message');
    const connect = async (from: number, upTo: number): Promise<void> => {
      const asked = await holder.ask({ do: 'logins', from, count: upTo - from });
      const none = Array.from({ length: upTo - from }, () => null);
      devices.send({ port: holder.port, logins: kind === 'cm' ? asked.logins : none });
      await holder.holds(upTo);
    };
    await connect(0, warmUp);
    const before = await holder.ask({ do: 'memory' });
    await connect(warmUp, warmUp + count);
    const after = await holder.ask({ do: 'memory' });
    const { pingUs } = await holder.ask({ do: 'ping' });
    return {
      heapBytes: (after.heapBytes! - before.heapBytes!) / count,
      residentBytes: (after.residentBytes! - before.residentBytes!) / count,
      pingUs: pingUs! / (warmUp + count),
    };
  } finally {
    devices.kill();
    holder.stop();
  }
}
