/** What a node holds. */
export interface NodeLoad {
  node: string;
  /** Devices that were not told to leave. */
  staying: number;
  /** Devices that were told, and have not left yet. */
  leaving: number;
  /** Of `staying`, the ones that may be told now. */
  movable: number;
}

export interface BalanceRules {
  /** What a node may hold over the mean, as a share of it. */
  share: number;
  /** Devices of all nodes that are told to leave in one round, at the most. */
  perRound: number;
}

/** What one round hands to the next; with `underWay` set from outside, the goal is that of RB1's end at once. */
export interface Balance {
  /** A node was over, and not all are within half of the share yet, or some of their devices are under way. */
  underWay: boolean;
  /** The most devices since it began: those that are between two nodes count as well. */
  reference: number;
  /** Rounds in a row that waited for devices to come back. */
  held: number;
}

/**
 * - `alone`: fewer than two nodes.
 * - `even`: nothing to do.
 * - `moving`: `orders` says how many devices each node tells.
 * - `resting`: a node is over, and none of its devices may be told now.
 * - `held`: devices that left have not come back.
 */
export type BalanceState = 'alone' | 'even' | 'moving' | 'resting' | 'held';

export interface BalanceStep {
  balance: Balance;
  state: BalanceState;
  /** Devices that each node tells to leave; nodes that tell none are not there. */
  orders: Map<string, number>;
}

export const newBalance: Balance = { underWay: false, reference: 0, held: 0 };

/** Standard deviations of a choice by chance, so many over the mean, are even: else small fleets were told again and again. */
const chance = 3;
/** Rounds' worth of devices that may be missing before a round waits for them. */
const maxMissingRounds = 3;
/** Rounds that wait for missing devices; then they count as gone. */
const maxHeldRounds = 60;

/**
 * One round of evening out, by these rules:
 *
 * - RB1 It begins when a node holds more than the mean and `share`, and more than a balancer that chooses by chance makes of the
 *   mean. It ends when all hold at most the mean and half of the share, or nobody may be told any more.
 * - RB2 All orders of a round together are at most `perRound`.
 * - RB3 No order takes a node below the mean. Devices between two nodes count for the mean.
 * - RB4 Nodes share a round in proportion to what they have over.
 * - RB5 No order while devices of more than three rounds are missing, for up to 60 rounds: whoever can't come back isn't
 *   followed by others.
 */
export function balanceStep(before: Balance, nodes: NodeLoad[], { share, perRound }: BalanceRules): BalanceStep {
  const none = new Map<string, number>();
  if (nodes.length < 2) return { balance: newBalance, state: 'alone', orders: none };
  const total = sum(nodes.map(({ staying, leaving }) => staying + leaving));
  const reference = before.underWay ? Math.max(before.reference, total) : total;
  const mean = reference / nodes.length;
  const goal = upTo(mean, share / 2);
  const allowed = before.underWay ? goal : Math.max(upTo(mean, share), Math.floor(mean + chance * Math.sqrt(mean)));
  const missing = reference - total;
  const waiting = before.held < maxHeldRounds ? { underWay: true, reference, held: before.held + 1 } : newBalance;
  const ended = missing === 0 && nodes.every(({ leaving }) => leaving === 0) ? newBalance : waiting;
  if (nodes.every(({ staying }) => staying <= allowed)) return { balance: ended, state: 'even', orders: none };
  if (missing > maxMissingRounds * perRound) return { balance: waiting, state: 'held', orders: none };
  const orders = shareOut(
    perRound,
    nodes.map(({ node, staying, movable }) => ({ node, over: Math.max(0, Math.min(staying - goal, movable)) })),
  );
  if (orders.size === 0) return { balance: ended, state: 'resting', orders };
  return { balance: { underWay: true, reference, held: 0 }, state: 'moving', orders };
}

/** Devices that a node may hold: whole ones, and never fewer than the mean. */
function upTo(mean: number, share: number): number {
  return Math.max(Math.ceil(mean), Math.floor(mean * (1 + share)));
}

/** Parts in proportion to `over`, whole numbers that add up to `budget` or to all that is over; the rest to the largest fractions. */
function shareOut(budget: number, nodes: { node: string; over: number }[]): Map<string, number> {
  const all = sum(nodes.map(({ over }) => over));
  const given = Math.min(budget, all);
  const parts = nodes
    .filter(({ over }) => over > 0)
    .map(({ node, over }) => ({ node, whole: Math.floor((given * over) / all), fraction: ((given * over) / all) % 1 }))
    .sort((left, right) => right.fraction - left.fraction);
  let left = given - sum(parts.map(({ whole }) => whole));
  const orders = new Map<string, number>();
  for (const { node, whole } of parts) {
    const count = whole + (left > 0 ? 1 : 0);
    if (left > 0) left--;
    if (count > 0) orders.set(node, count);
  }
  return orders;
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
