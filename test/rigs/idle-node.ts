import type { CmCalls } from '../../services/common/protocol/cm-calls.ts';
import type { Client } from '../../services/common/rpc/contract.ts';

/** The calls of a CM node that holds nobody and takes whatever it is given: tests replace those that they are about. */
export const idleNode: Client<CmCalls> = {
  deliver: async () => ({}),
  tail: async () => ({}),
  hint: async () => ({}),
  kick: async () => ({}),
  load: async () => ({ staying: 0, leaving: 0, movable: 0, claimed: false, draining: false }),
  shed: async () => ({ told: 0 }),
};
