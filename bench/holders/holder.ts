import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { nodeFlags } from '../../scripts/up/role-process.ts';
import { waitFor } from '../../test/rigs/process.ts';
import { cpuOf } from '../processes.ts';

/** What a process that holds connections is asked; each question gets one answer. */
export type Question =
  | { do: 'count' }
  /** After full collections. */
  | { do: 'memory' }
  /** A ping to each connection, answered when all pongs are there. */
  | { do: 'ping' }
  /** What devices from this number on log in with; only cm has some. */
  | { do: 'logins'; from: number; count: number }
  /** The same text to each connection, so many times. */
  | { do: 'write'; text: string; times: number };

export interface Answer {
  connections: number;
  /** Where it listens. */
  port: number;
  heapBytes?: number;
  residentBytes?: number;
  /** CPU time of all pings and their pongs, µs. */
  pingUs?: number;
  logins?: object[];
}

const scripts = { bare: './bare.ts', cm: './cm.ts' };

/** A process that holds connections and does nothing else, with the flags of a role: bare `ws`, or cm's device port on queues in memory. */
export class Holder {
  readonly port: number;
  readonly pid: number;
  #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
    this.pid = child.pid!;
  }

  static async start(kind: keyof typeof scripts): Promise<Holder> {
    const child = fork(new URL(scripts[kind], import.meta.url), { execArgv: [...nodeFlags, '--expose-gc'] });
    const [first] = (await once(child, 'message')) as [Answer];
    return new Holder(child, first.port);
  }

  /** One question at a time. */
  async ask(question: Question): Promise<Answer> {
    this.#child.send(question);
    const [answer] = (await once(this.#child, 'message')) as [Answer];
    return answer;
  }

  async holds(count: number): Promise<void> {
    const isThere = async (): Promise<boolean> => (await this.ask({ do: 'count' })).connections === count;
    await waitFor(`${count} connections are held`, isThere, 120_000, 50);
  }

  /** CPU time since its start, µs. */
  cpuUs(): number {
    return (cpuOf(this.pid) ?? 0) * 1e6;
  }

  /** At once, with all its connections. */
  stop(): void {
    this.#child.kill('SIGKILL');
  }
}
