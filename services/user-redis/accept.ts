import type { LookupCalls, RequestCalls } from '../common/protocol/request-calls.ts';
import type { Handlers } from '../common/rpc/contract.ts';

/** Answers all look-ups of a turn at once: their steps go to Redis together. */
export function acceptHandler(lookups: Handlers<LookupCalls>): Pick<Handlers<RequestCalls>, 'accept'> {
  return {
    async accept(asked) {
      const [status, reserve, tokenRevoked, takeQuota] = await Promise.all([
        asked.status && lookups.status(asked.status),
        asked.reserve && lookups.reserve(asked.reserve),
        asked.tokenRevoked && lookups.tokenRevoked(asked.tokenRevoked),
        asked.takeQuota && lookups.takeQuota(asked.takeQuota),
      ]);
      return {
        ...(status ? { status } : {}),
        ...(reserve ? { reserve } : {}),
        ...(tokenRevoked ? { tokenRevoked } : {}),
        ...(takeQuota ? { takeQuota } : {}),
      };
    },
  };
}
