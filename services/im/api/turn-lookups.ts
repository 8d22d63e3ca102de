import { Batcher } from '../../common/batcher.ts';
import { LongwireError } from '../../common/errors.ts';
import type { QuotaClaim } from '../../common/protocol/quota-calls.ts';
import type { AcceptCall, AcceptRequest, AcceptResponse, LookupCalls } from '../../common/protocol/request-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';
import { type Ask, takeTogether } from './quota-claims.ts';

type Name = keyof LookupCalls;
type ItemOf<N extends Name> = Parameters<Client<LookupCalls>[N]>[0]['items'][number];
type ResultOf<N extends Name> = Awaited<ReturnType<Client<LookupCalls>[N]>>['results'][number];
type Lookup = { [N in Name]: { name: N; item: ItemOf<N> } }[Name];

export type LookupClient = Client<LookupCalls & { accept: AcceptCall }>;

export interface TurnLookupsOptions {
  userRedis: LookupClient;
  /** How long each kind of look-up may take; a call that has several may take as long as the longest. */
  deadlineMs: Record<Name, number>;
  maxItems: number;
  maxPending: number;
  concurrency: number;
  /** Monotonic, ms. */
  nowMs?: () => number;
}

/** How long a user-redis that doesn't know `accept` is asked with a call for each kind: while an upgrade goes on. */
const apartMs = 30_000;

/** What requests ask of user-redis before they are done: all that is asked in one turn of the event loop is one call. */
export class TurnLookups {
  #options: TurnLookupsOptions;
  #nowMs: () => number;
  #batcher: Batcher<Lookup, unknown>;
  #apartUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: TurnLookupsOptions) {
    const { maxItems, maxPending, concurrency } = options;
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#batcher = new Batcher({ maxItems, maxPending, concurrency, run: (items) => this.#run(items) });
  }

  /** @throws LongwireError as the call does, or `overloaded` at the bound. */
  ask<N extends Name>(name: N, item: ItemOf<N>): Promise<ResultOf<N>> {
    return this.#batcher.add({ name, item } as Lookup) as Promise<ResultOf<N>>;
  }

  async #run(lookups: Lookup[]): Promise<unknown[]> {
    const asked: AcceptRequest = {};
    const claims: QuotaClaim[] = [];
    const tokens = new Map<string, number>();
    /** Where the answer of each stands among those of its kind. */
    const places = lookups.map(({ name, item }) => {
      if (name === 'takeQuota') return claims.push(item) - 1;
      if (name === 'status') return place(asked, 'status', item);
      if (name === 'reserve') return place(asked, 'reserve', item);
      // Most requests of a turn have the same one.
      const known = tokens.get(item.tokenId);
      if (known !== undefined) return known;
      const at = place(asked, 'tokenRevoked', item);
      tokens.set(item.tokenId, at);
      return at;
    });
    const { answer, taken } = await this.#ask(asked, claims);
    return lookups.map(({ name }, index) =>
      name === 'takeQuota' ? taken[places[index]!] : answer[name]?.results[places[index]!],
    );
  }

  /** All at once; claims whose sum is refused are then asked for one by one. */
  async #ask(asked: AcceptRequest, claims: QuotaClaim[]) {
    const { userRedis, deadlineMs } = this.#options;
    if (claims.length === 0) return { answer: await this.#accept(asked), taken: [] };
    let answer: AcceptResponse | undefined;
    const ask: Ask = async (items) => {
      if (answer) return (await userRedis.takeQuota({ items }, { deadlineMs: deadlineMs.takeQuota })).results;
      answer = await this.#accept({ ...asked, takeQuota: { items } });
      return answer.takeQuota!.results;
    };
    const taken = await takeTogether(claims, ask);
    return { answer: answer!, taken };
  }

  async #accept(asked: AcceptRequest): Promise<AcceptResponse> {
    const { userRedis, deadlineMs } = this.#options;
    if (this.#nowMs() < this.#apartUntilMs) return this.#apart(asked);
    const longestMs = Math.max(...(Object.keys(asked) as Name[]).map((name) => deadlineMs[name]));
    try {
      return await userRedis.accept(asked, { deadlineMs: longestMs });
    } catch (error) {
      if (!(error instanceof LongwireError) || error.code !== 'not_found') throw error;
      this.#apartUntilMs = this.#nowMs() + apartMs;
      return this.#apart(asked);
    }
  }

  /** The same of a version before, which knows a call for each kind alone. */
  async #apart(asked: AcceptRequest): Promise<AcceptResponse> {
    const { userRedis, deadlineMs } = this.#options;
    const answers = await Promise.all(
      (Object.keys(asked) as Name[]).map(async (name) => {
        const call = userRedis[name] as (request: unknown, options: { deadlineMs: number }) => Promise<unknown>;
        return [name, await call(asked[name], { deadlineMs: deadlineMs[name] })];
      }),
    );
    return Object.fromEntries(answers) as AcceptResponse;
  }
}

function place<N extends Exclude<Name, 'takeQuota'>>(asked: AcceptRequest, name: N, item: ItemOf<N>): number {
  const part = asked[name] as { items: ItemOf<N>[] } | undefined;
  if (part) return part.items.push(item) - 1;
  asked[name] = { items: [item] } as NonNullable<AcceptRequest[N]>;
  return 0;
}
