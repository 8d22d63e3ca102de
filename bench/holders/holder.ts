import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { flagsOf } from '../../scripts/up/role-process.ts';
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

const cmScript = fileURLToPath(new URL('../../services/cm/main.ts', import.meta.url));
const scripts = { bare: './bare.ts', cm: './cm.ts' };

/** A process that holds connections and does nothing else, with the flags of cm: bare `ws`, or cm's device port on queues in memory. */
export class Holder {
  readonly port: number;
  readonly pid: number;
  #child: ChildProcess;
  #ended: Promise<never>;

  private constructor(child: ChildProcess, ended: Promise<never>, port: number) {
    this.#child = child;
    this.#ended = ended;
    this.port = port;
    this.pid = child.pid!;
  }

  static async start(kind: keyof typeof scripts): Promise<Holder> {
    const child = fork(new URL(scripts[kind], import.meta.url), {
      // The young generation has its full size from the start: that it grows is no cost of a connection.
      execArgv: [...flagsOf(cmScript), '--min-semi-space-size=8', '--expose-gc'],
    });
    const ended = once(child, 'exit').then(() => {
      throw new Error(`the process that holds connections (${kind}) has ended`);
    });
    // Whoever asks then is told; when it was stopped nobody does.
    ended.catch(() => {});
    const [first] = (await Promise.race([once(child, 'message'), ended])) as [Answer];
    return new Holder(child, ended, first.port);
  }

  /** One question at a time. @throws Error if the process has ended */
  async ask(question: Question): Promise<Answer> {
    this.#child.send(question);
    const [answer] = (await Promise.race([once(this.#child, 'message'), this.#ended])) as [Answer];
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
