import type { QuotaClaim } from '../common/protocol/quota-calls.ts';
import type { UserRedisCalls } from '../common/protocol/user-redis-calls.ts';
import type { Handlers } from '../common/rpc/contract.ts';
import type { Keys } from './keys.ts';
import { command, type Store, script } from './store.ts';

type QuotaHandlers = Pick<Handlers<UserRedisCalls>, 'takeQuota' | 'returnQuota' | 'quotaUsed'>;

/** How long a claim can be recognised and returned: longer than a request waits for the bus, and for its calls' repeats. */
const claimMemoryMs = 15_000;

/** What apps have used up, counted for all instances. */
export function quotaHandlers(store: Store, keys: Keys): QuotaHandlers {
  const counters = ({ app, at, uses }: QuotaClaim): string[] =>
    uses.map(({ name, windowMs }) => keys.rate(app, name, Math.floor(at / windowMs)));
  return {
    async takeQuota({ items }) {
      const replies = await store.run(
        items.map((claim) =>
          script(
            'take-quota',
            [keys.claim(claim.app, claim.id), ...counters(claim)],
            claimMemoryMs,
            // Beyond its window, so that clocks may differ and a claim be returned.
            ...claim.uses.flatMap(({ amount, limit, windowMs }) => [amount, limit, 2 * windowMs]),
          ),
        ),
      );
      return {
        results: replies.map((reply, index) => ({ refused: items[index]!.uses[(reply as number) - 1]?.name ?? null })),
      };
    },

    async returnQuota({ items }) {
      await store.run(
        items.map((claim) =>
          script(
            'return-quota',
            [keys.claim(claim.app, claim.id), ...counters(claim)],
            claim.part ? claimMemoryMs : 0,
            ...claim.uses.map(({ amount }) => amount),
          ),
        ),
      );
      return { results: items.map(() => ({})) };
    },

    async quotaUsed({ items }) {
      const replies = await store.run(
        items.map(({ app, at, name, windowMs }) => command('GET', keys.rate(app, name, Math.floor(at / windowMs)))),
      );
      return { results: replies.map((reply) => ({ used: Math.max(0, Number(reply ?? 0)) })) };
    },
  };
}
