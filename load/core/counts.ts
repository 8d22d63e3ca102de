import { type MessageCounts, noMessages } from './direct-account.ts';
import { byKind, type Kind, kinds } from './mix.ts';

/** What became of the pushes of one kind: requests to the API, of which a batch is one. */
export interface PushCounts {
  /** Due by the rate. */
  scheduled: number;
  accepted: number;
  /** Answered with a code that is not 0. */
  refused: number;
  /** Without a clear answer, also to the last try. */
  failed: number;
  /** Due while too many were under way, and not sent. */
  skipped: number;
}

/** Everything that a worker counts, from its begin. */
export interface Counts {
  pushes: Record<Kind, PushCounts>;
  messages: Record<Kind, MessageCounts>;
  /** Further tries of pushes. */
  retried: number;
  duplicates: number;
  outOfOrder: number;
  strays: number;
  /** Copies on the wire that an SDK keeps from its app. */
  redelivered: number;
  /** Messages that are not of this run. */
  foreign: number;
  /** Logins. */
  connects: number;
  /** Connections that ended otherwise than by this tool. */
  disconnects: number;
  /** Connections that this tool cut, for `--churn`. */
  churned: number;
  /** Refusals of the API by code, and what devices were refused with or failed by. */
  refusals: Record<string, number>;
  connectFailures: Record<string, number>;
}

export function noCounts(): Counts {
  return {
    pushes: byKind(() => ({ scheduled: 0, accepted: 0, refused: 0, failed: 0, skipped: 0 })),
    messages: noMessages(),
    retried: 0,
    duplicates: 0,
    outOfOrder: 0,
    strays: 0,
    redelivered: 0,
    foreign: 0,
    connects: 0,
    disconnects: 0,
    churned: 0,
    refusals: {},
    connectFailures: {},
  };
}

/** Different reasons that are told apart; further ones count as `other`. */
const maxReasons = 64;

export function countReason(reasons: Record<string, number>, reason: string, by = 1): void {
  const key = reason in reasons || Object.keys(reasons).length < maxReasons ? reason : 'other';
  reasons[key] = (reasons[key] ?? 0) + by;
}

/** The counts of all workers together. */
export function sumCounts(all: Counts[]): Counts {
  const sum = noCounts();
  const names = ['retried', 'duplicates', 'outOfOrder', 'strays', 'redelivered', 'foreign'] as const;
  for (const one of all) {
    for (const kind of kinds) {
      addTo(sum.pushes[kind], one.pushes[kind]);
      addTo(sum.messages[kind], one.messages[kind]);
    }
    for (const name of [...names, 'connects', 'disconnects', 'churned'] as const) sum[name] += one[name];
    for (const name of ['refusals', 'connectFailures'] as const) {
      for (const [reason, count] of Object.entries(one[name])) countReason(sum[name], reason, count);
    }
  }
  return sum;
}

/** Over all kinds. */
export function totalOf<Fields extends object>(perKind: Record<Kind, Fields>): Fields {
  const total = { ...perKind.single };
  for (const kind of kinds) if (kind !== 'single') addTo(total, perKind[kind]);
  return total;
}

function addTo<Fields extends object>(sum: Fields, one: Fields): void {
  const [to, from] = [sum as Record<string, number>, one as Record<string, number>];
  for (const name of Object.keys(from)) to[name] = (to[name] ?? 0) + from[name]!;
}
