import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskView } from './calls/tasks.ts';
import type { LiveReader } from './handlers/handler.ts';

const everyMs = 1_000;

interface Watched {
  readers: Set<LiveReader<TaskView>>;
  shown: { view: TaskView; text: string } | undefined;
  stop: AbortController;
}

/** Tasks that pages look on: each is asked once for all its readers, who are told when something has changed. */
export class LiveTasks {
  readonly #find: (app: string, task: string) => Promise<TaskView>;
  readonly #everyMs: number;
  readonly #watched = new Map<string, Watched>();

  constructor(find: (app: string, task: string) => Promise<TaskView>, pauseMs = everyMs) {
    this.#find = find;
    this.#everyMs = pauseMs;
  }

  /** @returns what ends it */
  watch(app: string, task: string, reader: LiveReader<TaskView>): () => void {
    const key = `${app}\n${task}`;
    let watched = this.#watched.get(key);
    if (!watched) {
      watched = { readers: new Set(), shown: undefined, stop: new AbortController() };
      this.#watched.set(key, watched);
      void this.#run(app, task, watched);
    }
    const here = watched;
    here.readers.add(reader);
    if (here.shown) reader.show(here.shown.view);
    return () => {
      here.readers.delete(reader);
      if (here.readers.size > 0 || this.#watched.get(key) !== here) return;
      this.#watched.delete(key);
      here.stop.abort();
    };
  }

  async #run(app: string, task: string, watched: Watched): Promise<void> {
    const { readers, stop } = watched;
    while (!stop.signal.aborted) {
      try {
        const view = await this.#find(app, task);
        const text = JSON.stringify(view);
        if (text !== watched.shown?.text) for (const reader of readers) reader.show(view);
        watched.shown = { view, text };
      } catch (error) {
        // What comes after it is shown, changed or not.
        watched.shown = undefined;
        for (const reader of readers) reader.fail(error);
      }
      await sleep(this.#everyMs, undefined, { signal: stop.signal }).catch(() => {});
    }
  }
}
