import { setTimeout as sleep } from 'node:timers/promises';
import { type RebalanceCalls, type Run, rebalanceCalls } from '../../services/common/protocol/rebalance-calls.ts';
import { type ClosableClient, createClient } from '../../services/common/rpc/client.ts';
import { say } from './say.ts';

const lookEveryMs = 1_000;

/** Has cms even out their devices after further ones came, and says how that ended. */
export class EveningOut {
  #secret: string;
  #client: ClosableClient<RebalanceCalls> | undefined;
  #stopped = false;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** Nothing happens while a run is under way: that one counts the new nodes too. @param url of a cm's calls */
  begin(url: string): void {
    if (this.#client || this.#stopped) return;
    const client = createClient(rebalanceCalls, { url, secret: this.#secret });
    this.#client = client;
    this.#follow(client)
      .then((run) => {
        if (run) say(`cm evened out: ${run.told} devices told to come back, ${described(run)}`);
      })
      .catch((error: Error) => {
        if (!this.#stopped) say(`cm could not be evened out: ${error.message}`);
      })
      .finally(() => {
        this.#client = undefined;
        void client.close();
      });
  }

  /** What is under way goes on without being watched. */
  stop(): void {
    this.#stopped = true;
    void this.#client?.close();
  }

  async #follow({ calls }: ClosableClient<RebalanceCalls>): Promise<Run | null> {
    await calls.rebalance({});
    for (;;) {
      await sleep(lookEveryMs);
      const { run } = await calls.rebalancing({});
      if (!run?.running) return run;
    }
  }
}

/** `even (cm-1 26, cm-2 24)` */
function described({ state, nodes }: Run): string {
  return `${state} (${nodes.map(({ node, devices }) => `${node} ${devices}`).join(', ')})`;
}
