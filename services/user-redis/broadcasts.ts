import { type BroadcastCalls, type BroadcastEntry, maxBroadcasts } from '../common/protocol/broadcast-calls.ts';
import { broadcastView, partitionOf } from '../common/protocol/positions.ts';
import { broadcastPartitions } from '../common/protocol/topics.ts';
import type { Handlers } from '../common/rpc/contract.ts';
import { isPassedOver, rememberSteps } from './first-seen.ts';
import type { Keys } from './keys.ts';
import { command, type Store, script } from './store.ts';
import type { Views } from './views.ts';

/** Room above what the api lets in, so that a race between requests drops nothing. */
const logCap = 2 * maxBroadcasts;

/** Apps' logs of broadcasts: appended, and read from a position on. */
export function broadcastHandlers(store: Store, keys: Keys, views: Views, now: () => number): Handlers<BroadcastCalls> {
  const viewOfApp = (app: string): number => broadcastView(partitionOf(app, broadcastPartitions));

  return {
    async appendBroadcasts({ partition, records }) {
      const at = now();
      // A body is read by whoever catches up, so it is kept also of a message that does not wait for anybody.
      const known = records.map((record) => ({ ...record, seq: record.bseq, stored: true }));
      const asked = known.map((record) => rememberSteps(keys, record, at));
      const replied = await store.run(asked.flat());
      let taken = 0;
      const duplicate = known.map((record, index) => {
        const from = taken;
        taken += asked[index]!.length;
        return isPassedOver(record, replied.slice(from, taken));
      });
      const steps = records
        .filter((_, index) => !duplicate[index])
        .map(({ app, bseq, exp, stored, task }) =>
          script('append-broadcast', [keys.broadcasts(app)], bseq, `${exp}:${stored ? 1 : 0}:${task}`, exp, at, logCap),
        );
      const replies = await store.run([...steps, views.step([broadcastView(partition)])]);
      return { view: views.read(replies.at(-1))[0]!, duplicate };
    },

    async broadcastsAfter({ items }) {
      const marks = views.step(items.map(({ app }) => viewOfApp(app)));
      // Around what they vouch for: a view that becomes whole only while it is read may lack what came before.
      const [before, ...replies] = await store.run([
        marks,
        ...items.map(({ app, after, limit }) =>
          command('ZRANGEBYSCORE', keys.broadcasts(app), `(${after}`, '+inf', 'WITHSCORES', 'LIMIT', 0, limit + 1),
        ),
        marks,
      ]);
      const states = [views.read(before), views.read(replies.pop())];
      return {
        results: items.map(({ limit }, index) => {
          const entries = entriesOf(replies[index] as [string, string][]);
          const ready = states.every((state) => state[index] === 'ready');
          return { entries: entries.slice(0, limit), more: entries.length > limit, ready };
        }),
      };
    },

    async broadcastBodies({ items }) {
      const marks = views.step(items.map(({ app }) => viewOfApp(app)));
      const [before, ...replies] = await store.run([
        marks,
        ...items.map(({ task }) => command('GET', keys.body(task))),
        marks,
      ]);
      const states = [views.read(before), views.read(replies.pop())];
      return {
        results: (replies as (string | null)[]).map((body, index) => ({
          body: body === '' ? null : body,
          ready: states.every((state) => state[index] === 'ready'),
        })),
      };
    },

    async broadcastCounts({ items }) {
      const sizes = (await store.run(items.map(({ app }) => command('ZCARD', keys.broadcasts(app))))) as number[];
      // One that looks full may hold mostly what has expired, which the next append would remove: it must not be refused for that.
      const full = items.filter((_item, index) => sizes[index]! >= maxBroadcasts);
      const logs = await store.run(full.map(({ app }) => command('ZRANGE', keys.broadcasts(app), 0, -1)));
      const lasting = new Map(full.map(({ app }, index) => [app, lastingOf(logs[index] as string[], now())]));
      return { results: items.map(({ app }, index) => ({ count: lasting.get(app) ?? sizes[index]! })) };
    },
  };
}

/** How many of these members have not expired. */
function lastingOf(members: string[], now: number): number {
  return members.filter((member) => Number(member.slice(0, member.indexOf(':'))) > now).length;
}

/** Reads members with their scores as Redis answers them: in pairs (RESP 3). */
function entriesOf(pairs: [string, string][]): BroadcastEntry[] {
  return pairs.map(([member, score]) => {
    const [exp, stored, task] = member.split(':');
    return { bseq: Number(score), exp: Number(exp), stored: stored === '1', task: task! };
  });
}
