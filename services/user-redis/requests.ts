import type { UserRedisCalls } from '../common/protocol/user-redis-calls.ts';
import type { Handlers } from '../common/rpc/contract.ts';
import type { Keys } from './keys.ts';
import { command, type Store, script } from './store.ts';

type RequestHandlers = Pick<
  Handlers<UserRedisCalls>,
  'reserve' | 'settle' | 'release' | 'claimNonce' | 'countRate' | 'revokeToken' | 'tokenRevoked'
>;

/** How long a request id is kept. */
const requestMemoryMs = 86_400_000;
/** How long a call is recognised: longer than it is repeated. */
const callMemoryMs = 15_000;

/** What is remembered of upstreams' and devices' requests: idempotency, nonces, rates, revoked tokens. */
export function requestHandlers(store: Store, keys: Keys, now: () => number): RequestHandlers {
  return {
    async reserve({ items }) {
      const replies = (await store.run(
        items.map(({ app, requestId, owner, day, leaseMs }) =>
          script('reserve', [keys.request(app, requestId)], owner, day, leaseMs, requestMemoryMs),
        ),
      )) as (['mine', string] | ['running' | 'done', string, string, string])[];
      return {
        results: replies.map((reply) => {
          if (reply[0] === 'mine') return { state: reply[0], day: reply[1] };
          const [state, day, answer, mark] = reply;
          return { state, day, ...(state === 'done' ? { answer } : {}), ...(mark === '' ? {} : { mark }) };
        }),
      };
    },

    async settle({ items }) {
      await store.run(
        items.map(({ app, requestId, owner, answer }) =>
          script('settle', [keys.request(app, requestId)], owner, answer),
        ),
      );
      return { results: items.map(() => ({})) };
    },

    async release({ items }) {
      await store.run(
        items.map(({ app, requestId, owner }) => script('release', [keys.request(app, requestId)], owner)),
      );
      return { results: items.map(() => ({})) };
    },

    async claimNonce({ app, nonce, ttlMs, call = '1' }) {
      const [before] = await store.run([command('SET', keys.nonce(app, nonce), call, 'PX', ttlMs, 'NX', 'GET')]);
      return { fresh: before === null || (call !== '1' && before === call) };
    },

    async countRate({ app, name, windowMs, call }) {
      const key = keys.rate(app, name, Math.floor(now() / windowMs));
      const ofCall = call === undefined ? [] : [keys.rateCall(app, call)];
      const [count] = await store.run([script('count-rate', [key, ...ofCall], 2 * windowMs, callMemoryMs)]);
      return { count: count as number };
    },

    async revokeToken({ tokenId, until }) {
      await store.run([command('SET', keys.revoked(tokenId), 1, 'PX', Math.max(1, until - now()))]);
      return {};
    },

    async tokenRevoked({ items }) {
      const replies = await store.run(items.map(({ tokenId }) => command('EXISTS', keys.revoked(tokenId))));
      return { results: replies.map((reply) => ({ revoked: reply === 1 })) };
    },
  };
}
