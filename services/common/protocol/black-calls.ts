import Type from 'typebox';
import { batchCall, call } from '../rpc/contract.ts';
import { AppId, Cid } from './ids.ts';
import { Route } from './route.ts';

const list = Type.Object({ app: AppId, cids: Type.Array(Cid, { minItems: 1, maxItems: 1_000 }) });

/** The blacklist as it is kept. */
export const blacklistCalls = {
  /** Adds devices; those that are in it stay. */
  addToBlacklist: call(list, Type.Object({})),
  /** Takes devices out; those that are not in it are passed over. */
  takeFromBlacklist: call(list, Type.Object({})),
  /** Whether each device is in it. */
  blacklisted: batchCall(Type.Object({ app: AppId, cid: Cid }), Type.Object({ blacklisted: Type.Boolean() })),
};

/** Its mark beside a device's route, where logins and routers see it without asking for more. */
export const blackMarkCalls = {
  /**
   * Marks a device or takes the mark away. A marked one has no route, is refused at `attach`, and nothing is stored for it.
   * Answers the connection that a marked device had, also when it is marked again: whoever marks ends it.
   */
  markBlacklisted: batchCall(
    Type.Object({ cid: Cid, blacklisted: Type.Boolean() }),
    Type.Object({ connection: Type.Union([Route, Type.Null()]) }),
  ),
};
