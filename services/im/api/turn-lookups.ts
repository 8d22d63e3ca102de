import { Batcher } from '../../common/batcher.ts';
import { LongwireError } from '../../common/errors.ts';
import type { QuotaClaim } from '../../common/protocol/quota-calls.ts';
import type { AcceptCall, AcceptRequest, AcceptResponse, LookupCalls } from '../../common/protocol/request-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';
import { type Ask, type Refusal, takeTogether } from './quota-claims.ts';

type Name = keyof LookupCalls;
type ItemOf<N extends Name> = Parameters<Client<LookupCalls>[N]>[0]['items'][number];
type ResultOf<N extends Name> = Awaited<ReturnType<Client<LookupCalls>[N]>>['results'][number];
type OneLookup = { [N in Name]: { name: N; item: ItemOf<N> } }[Name];
type Lookup = OneLookup | { name: 'push'; item: PushQuestion };

/** All that is asked for a request's pushes, each to one device. */
export interface PushQuestion {
  tokenId: string;
  /** A push each. */
  cids: string[];
  reserves: ItemOf<'reserve'>[];
  /** For all; none where the app's pushes aren't limited. */
  claim: QuotaClaim | undefined;
}

export interface PushFacts {
  revoked: boolean;
  presences: ResultOf<'status'>[];
  reservations: ResultOf<'reserve'>[];
  /** The quota that has not enough left. */
  refused: string | null;
}

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

/** Least time from one call to the next. What is asked after a rest is asked at once. */
const paceMs = 3;

/** What requests ask of user-redis before they are done: all that is asked in one turn of the event loop, or since the last call, is one call. */
export class TurnLookups {
  #options: TurnLookupsOptions;
  #nowMs: () => number;
  #batcher: Batcher<Lookup, unknown>;
  #apartUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: TurnLookupsOptions) {
    const { maxItems, maxPending, concurrency } = options;
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#batcher = new Batcher({
      maxItems,
      maxPending,
      concurrency,
      paceMs,
      run: (items) => this.#run(items),
      weigh,
      maxWeight: maxItems,
    });
  }

  /** @throws LongwireError as the call does, or `overloaded` at the bound. */
  ask<N extends Name>(name: N, item: ItemOf<N>): Promise<ResultOf<N>> {
    return this.#batcher.add({ name, item } as Lookup) as Promise<ResultOf<N>>;
  }

  /** All of a request in one piece, which costs less than a question each. @throws LongwireError as `ask` */
  askPush(item: PushQuestion): Promise<PushFacts> {
    return this.#batcher.add({ name: 'push', item }) as Promise<PushFacts>;
  }

  async #run(lookups: Lookup[]): Promise<unknown[]> {
    const turn = new Turn();
    for (const lookup of lookups) turn.add(lookup);
    const { answer, taken } = await this.#ask(turn.asked, turn.claims);
    return turn.answers(answer, taken);
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

/** The look-ups of one turn as one call, and where the answers of each stand among those of its kind. */
class Turn {
  readonly asked: AcceptRequest = {};
  readonly claims: QuotaClaim[] = [];
  #lookups: Lookup[] = [];
  /** Of pushes four: where their statuses and reservations begin, of token and claim their own. */
  #places: number[] = [];
  #tokens = new Map<string, number>();

  add(lookup: Lookup): void {
    this.#lookups.push(lookup);
    if (lookup.name !== 'push') {
      this.#places.push(this.#place(lookup));
      return;
    }
    const { tokenId, cids, reserves, claim } = lookup.item;
    this.#places.push(
      this.#placeToken(tokenId),
      this.#placeIn('status', ...cids.map((cid) => ({ cid }))),
      this.#placeIn('reserve', ...reserves),
      claim === undefined ? -1 : this.claims.push(claim) - 1,
    );
  }

  /** In the order of the look-ups. */
  answers({ tokenRevoked, status, reserve }: AcceptResponse, taken: Refusal[]): unknown[] {
    const places = this.#places;
    let at = 0;
    return this.#lookups.map(({ name, item }) => {
      if (name === 'takeQuota') return taken[places[at++]!];
      if (name === 'tokenRevoked') return tokenRevoked!.results[places[at++]!];
      if (name === 'status') return status!.results[places[at++]!];
      if (name === 'reserve') return reserve!.results[places[at++]!];
      const { length } = item.cids;
      return {
        revoked: tokenRevoked!.results[places[at++]!]!.revoked,
        presences: run(status!.results, places[at++]!, length),
        reservations: run(reserve!.results, places[at++]!, length),
        refused: taken[places[at++]!]?.refused ?? null,
      } satisfies PushFacts;
    });
  }

  #place({ name, item }: OneLookup): number {
    if (name === 'takeQuota') return this.claims.push(item) - 1;
    return name === 'tokenRevoked' ? this.#placeToken(item.tokenId) : this.#placeIn(name, item as ItemOf<typeof name>);
  }

  /** Most requests of a turn have the same one. */
  #placeToken(tokenId: string): number {
    let at = this.#tokens.get(tokenId);
    if (at === undefined) {
      at = this.#placeIn('tokenRevoked', { tokenId });
      this.#tokens.set(tokenId, at);
    }
    return at;
  }

  /** Where the first of them stands. */
  #placeIn<N extends Exclude<Name, 'takeQuota'>>(name: N, ...items: ItemOf<N>[]): number {
    const part = this.asked[name] as { items: ItemOf<N>[] } | undefined;
    if (part) return part.items.push(...items) - items.length;
    this.asked[name] = { items } as NonNullable<AcceptRequest[N]>;
    return 0;
  }
}

function weigh({ name, item }: Lookup): number {
  return name === 'push' ? item.cids.length : 1;
}

/** @throws LongwireError `internal` if there are fewer */
function run<Result>(results: Result[], from: number, length: number): Result[] {
  const found = results.slice(from, from + length);
  if (found.length < length) throw new LongwireError('internal', 'accept answered too few results');
  return found;
}
