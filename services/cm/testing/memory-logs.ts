import { LongwireError } from '../../common/errors.ts';
import type { BroadcastEntry } from '../../common/protocol/broadcast-calls.ts';
import type { BroadcastLogs } from '../ports.ts';

/** Apps' logs of broadcasts in memory, as user-redis keeps them. */
export class MemoryLogs implements BroadcastLogs {
  readonly #logs = new Map<string, BroadcastEntry[]>();
  readonly #bodies = new Map<string, string>();
  /** Whether the view is whole. */
  ready = true;
  away = false;
  /** Bodies that were read. */
  bodiesRead = 0;

  add(app: string, bseq: number, { text = 'x', ...more }: Partial<BroadcastEntry> & { text?: string } = {}): void {
    const entry = { bseq, task: `b${bseq}`, exp: Number.MAX_SAFE_INTEGER, stored: true, ...more };
    this.#logs.set(app, [...(this.#logs.get(app) ?? []), entry]);
    const head = { t: 'push', id: `m${bseq}`, task: entry.task, at: 1, exp: entry.exp };
    this.#bodies.set(entry.task, JSON.stringify({ ...head, transmission: text }));
  }

  /** Takes a task's message away. @returns it. */
  stop(task: string): string {
    const body = this.#bodies.get(task) ?? '';
    this.#bodies.delete(task);
    return body;
  }

  bring(task: string, body: string): void {
    this.#bodies.set(task, body);
  }

  broadcastsAfter: BroadcastLogs['broadcastsAfter'] = async ({ items }) => {
    this.#check();
    return {
      results: items.map(({ app, after, limit }) => {
        const found = (this.#logs.get(app) ?? []).filter(({ bseq }) => bseq > after);
        return { entries: found.slice(0, limit), more: found.length > limit, ready: this.ready };
      }),
    };
  };

  broadcastBodies: BroadcastLogs['broadcastBodies'] = async ({ items }) => {
    this.#check();
    this.bodiesRead += items.length;
    return { results: items.map(({ task }) => ({ body: this.#bodies.get(task) ?? null, ready: this.ready })) };
  };

  #check(): void {
    if (this.away) throw new LongwireError('unavailable', 'no instance answers');
  }
}
