import { LongwireError } from '../../errors.ts';
import type { Connection, ScriptName } from './connection.ts';
import { keysOf } from './keys.ts';

/**
 * What replicas have. A record counts as accepted, and is read, only when so many replicas have it that it is still there,
 * at the same offset, when one of them takes over: an offset that was seen must never stand for another record.
 */
export class Replication {
  #connection: Connection;
  #replicas: number;
  #running = new Map<string, Promise<string>>();
  #next = new Map<string, Promise<string>>();

  /** @param connection for this alone where replicas are waited for, as all behind such a wait waits too. */
  constructor(connection: Connection, replicas: number) {
    this.#connection = connection;
    this.#replicas = replicas;
  }

  /** Runs a script that appends. @throws LongwireError as `Connection.run` does, or if too few replicas have it in time. */
  append(name: ScriptName, keys: string[], args: (string | number)[]): Promise<unknown> {
    if (this.#replicas === 0) return this.#connection.run(name, keys, args);
    return this.#connection.runReplicated(name, keys, args, this.#replicas);
  }

  /**
   * Resolves when replicas have all that the topic held when this was called. One question at a time for each topic: who asks
   * while one is under way shares the next.
   *
   * @param process the one that was read from: one that took its place meanwhile says nothing of it.
   * @throws LongwireError `unavailable`
   */
  async settled(topic: string, process: string): Promise<void> {
    if (this.#replicas === 0) return;
    if ((await this.#shared(topic)) !== process) {
      throw new LongwireError('unavailable', 'bus: another Redis took over while it was read');
    }
  }

  #shared(topic: string): Promise<string> {
    const waiting = this.#next.get(topic);
    if (waiting) return waiting;
    const before = this.#running.get(topic) ?? Promise.resolve('');
    const next = before
      .catch(() => '')
      .then(() => {
        this.#next.delete(topic);
        this.#running.set(topic, next);
        return this.#fence(keysOf(topic).fence);
      })
      .finally(() => {
        if (this.#running.get(topic) === next) this.#running.delete(topic);
      });
    this.#next.set(topic, next);
    return next;
  }

  /** Answers the process that the replicas follow. */
  async #fence(key: string): Promise<string> {
    const process = this.#connection.processOf(key);
    await this.#connection.runReplicated('fence', [key], [], this.#replicas);
    return process;
  }
}
