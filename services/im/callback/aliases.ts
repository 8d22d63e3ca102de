import { Batcher } from '../../common/batcher.ts';
import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import { type Client, maxBatchItems } from '../../common/rpc/contract.ts';

const maxPending = 20_000;
const lookUpMs = 400;
/** After a failure nothing is asked for this long: bodies go without aliases, and don't wait for them. */
const restMs = 2_000;

/** The aliases of devices, for lines that can do without: what can't be learnt in time is left out, and counted. */
export class Aliases {
  readonly #batcher: Batcher<{ app: string; cid: string }, { alias: string | null }>;
  readonly #now: () => number;
  readonly #onMissed: () => void;
  #restUntil = 0;

  constructor(calls: Pick<Client<UserMysqlCalls>, 'aliasesOf'>, now: () => number, onMissed: () => void) {
    this.#now = now;
    this.#onMissed = onMissed;
    this.#batcher = new Batcher({
      run: async (items) => (await calls.aliasesOf({ items }, { deadlineMs: lookUpMs })).results,
      maxItems: maxBatchItems,
      maxPending,
      concurrency: 2,
    });
  }

  /** By cid, of those that have one. Never rejects. */
  async of(app: string, cids: string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    if (this.#now() >= this.#restUntil) {
      try {
        const look = async (cid: string): Promise<void> => {
          const { alias } = await this.#batcher.add({ app, cid });
          if (alias !== null) found.set(cid, alias);
        };
        await Promise.all([...new Set(cids)].map(look));
        return found;
      } catch {
        this.#restUntil = this.#now() + restMs;
      }
    }
    this.#onMissed();
    return found;
  }
}
