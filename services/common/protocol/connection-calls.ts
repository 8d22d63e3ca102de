import Type from 'typebox';
import { batchCall } from '../rpc/contract.ts';
import { Cid, TimeMs } from './ids.ts';
import { Route } from './route.ts';

export const connectionCalls = {
  /** The connection of each device, and when it logged in on it; null for one that has none on a node with a lease. */
  connections: batchCall(
    Type.Object({ cid: Cid }),
    Type.Union([Type.Object({ route: Route, since: Type.Union([TimeMs, Type.Null()]) }), Type.Null()]),
    1_000,
  ),
};
