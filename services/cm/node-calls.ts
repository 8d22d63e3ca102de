import { LongwireError } from '../common/errors.ts';
import type { CmCalls } from '../common/protocol/cm-calls.ts';
import type { Handlers } from '../common/rpc/contract.ts';
import type { Broadcasts } from './broadcasts.ts';
import type { Gateway } from './gateway.ts';
import type { Kicker } from './kicker.ts';
import type { Shedder } from './shedder.ts';

/** The calls that routers and other nodes make to this very node. */
export function nodeCalls(
  boot: string,
  gateway: Gateway,
  broadcasts: Pick<Broadcasts, 'hint'>,
  kicker: Kicker,
  shedder: Pick<Shedder, 'load' | 'shed'>,
): Handlers<CmCalls> {
  function mine(given: string): void {
    if (given !== boot) throw new LongwireError('conflict', 'this is another boot', { field: 'boot' });
  }
  return {
    async deliver(request) {
      mine(request.boot);
      gateway.deliver(request.deliveries);
      return {};
    },
    async hint(request) {
      mine(request.boot);
      for (const conn of request.conns) {
        const link = gateway.link(conn);
        if (link) gateway.run(link, link.connection.hinted());
      }
      return {};
    },
    async tail(request) {
      mine(request.boot);
      broadcasts.hint(request.apps);
      return {};
    },
    async kick(request) {
      mine(request.boot);
      kicker.kickHere(request.conns, request.reason);
      return {};
    },
    async load(request) {
      mine(request.boot);
      return shedder.load(request);
    },
    async shed(request) {
      mine(request.boot);
      return { told: shedder.shed(request) };
    },
  };
}
