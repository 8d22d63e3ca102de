import Type, { type Static } from 'typebox';
import { call } from '../rpc/contract.ts';
import { maxShedPerSecond } from './cm-calls.ts';

/**
 * How a run goes. While it is `running`, what its last round found; then why it ended: all are even, nobody is left that it has
 * not told already (`resting`), there are fewer than two nodes, or it could do nothing for a minute (what it found then).
 */
export const runStates = ['alone', 'even', 'moving', 'resting', 'held', 'unknown', 'draining', 'taken'] as const;
export type RunState = (typeof runStates)[number];

export const Run = Type.Object({
  running: Type.Boolean(),
  state: Type.Enum([...runStates]),
  /** Devices told to come back so far. */
  told: Type.Integer(),
  /** Devices of each node, in the last round that knew of all. */
  nodes: Type.Array(Type.Object({ node: Type.String(), devices: Type.Integer() })),
  /** Since it began, ms. */
  forMs: Type.Integer(),
});
export type Run = Static<typeof Run>;

/** Calls to any one CM node, which then coordinates a run over all. */
export const rebalanceCalls = {
  /** Evens out once. While a run is under way here, that one goes on. */
  rebalance: call(
    Type.Object({
      /** Devices of all nodes in a second, at the most; a hundredth of all unless given. */
      perSecond: Type.Optional(Type.Integer({ minimum: 1, maximum: maxShedPerSecond })),
      share: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    }),
    Type.Object({}),
  ),
  /** The run under way here, or the last one; null: none since this node began. */
  rebalancing: call(Type.Object({}), Type.Object({ run: Type.Union([Run, Type.Null()]) })),
};
export type RebalanceCalls = typeof rebalanceCalls;
