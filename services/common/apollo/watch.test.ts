import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { LongwireError } from '../errors.ts';
import type { ApolloRelease, Notifications } from '../protocol/apollo-answers.ts';
import type { NamespaceRead } from './overlay.ts';
import { ApolloWatch } from './watch.ts';

const away = new LongwireError('unavailable', 'away');
const releaseOf = (namespaceName: string, releaseKey: string): ApolloRelease => ({
  ...{ namespaceName, releaseKey, configurations: {} },
});

/** A watch of namespaces `a` and `b` on a server in memory. */
function rig(begun = true) {
  const state = {
    releases: new Map([
      ['a', 'a1'],
      ['b', 'b1'],
    ]),
    now: 0,
    down: false,
    polls: 0,
    reads: 0,
  };
  const offered: string[] = [];
  const pauses: number[] = [];
  let goOn = (): void => {};
  let news: ((told: Notifications) => void) | undefined;
  const reads = ['a', 'b'].map((namespace) => ({ namespace, release: releaseOf(namespace, `${namespace}1`) }));
  const watch = new ApolloWatch(
    {
      reader: {
        async read(namespace) {
          state.reads++;
          if (state.down) throw away;
          const key = state.releases.get(namespace);
          return key === undefined ? undefined : releaseOf(namespace, key);
        },
        poll: (_ids, signal) => {
          state.polls++;
          if (state.down) return Promise.reject(away);
          return new Promise((resolve, reject) => {
            news = resolve;
            signal.addEventListener('abort', () => reject(away));
          });
        },
      },
      namespaces: ['a', 'b'],
      onReleases: (all: NamespaceRead[]) => void offered.push(all.map(({ release }) => release?.releaseKey).join()),
      onAnswer: () => {},
      onFault: () => {},
      now: () => state.now,
      random: () => 1,
      pause(ms, signal) {
        pauses.push(ms);
        return new Promise((resolve) => {
          goOn = resolve;
          signal.addEventListener('abort', () => resolve());
        });
      },
    },
    begun ? reads : undefined,
  );
  watch.start();
  onTestFinished(() => watch.stop());
  /** The poll that is held is answered. */
  const tell = async (told: Notifications): Promise<void> => {
    news?.(told);
    await settle();
  };
  /** The pause under way is over. */
  const endPause = async (): Promise<void> => {
    goOn();
    await settle();
  };
  return { state, offered, pauses, tell, endPause, watch };
}

/** Lets promises go on that wait for no time. */
async function settle(): Promise<void> {
  for (let count = 0; count < 20; count++) await turn();
}

const told = (namespaceName: string, notificationId: number) => ({ namespaceName, notificationId });

test('what is told as changed is read and offered with all the others; what is as before is not', async () => {
  const { state, offered, tell } = rig();
  await settle();
  await tell([told('a', 1), told('b', 1)]);
  expect(offered).toEqual([]);
  state.releases.set('b', 'b2');
  await tell([told('b', 2), told('other', 9)]);
  expect(offered).toEqual(['a1,b2']);
});

test('everything is read every five minutes besides, and what was missed or is gone shows', async () => {
  const { state, offered, tell } = rig();
  await settle();
  state.releases.delete('a');
  state.now = 299_999;
  await tell([]);
  expect([state.reads, offered]).toEqual([0, []]);
  state.now = 300_000;
  await tell([]);
  expect([state.reads, offered]).toEqual([2, [',b1']]);
});

test('without a start from Apollo everything is read at once', async () => {
  const { offered } = rig(false);
  await settle();
  expect(offered).toEqual(['a1,b1']);
});

test('tries that fail come after 1 s, 2 s, 4 s, never more than 120 s, and after 1 s again once one went well', async () => {
  const { state, pauses, offered, tell, endPause } = rig(false);
  state.down = true;
  await settle();
  for (let count = 0; count < 10; count++) await endPause();
  expect(pauses.slice(0, 4)).toEqual([1_010, 2_010, 4_010, 8_010]);
  expect(Math.max(...pauses)).toBe(120_010);
  state.down = false;
  await endPause();
  await tell([]);
  expect(offered).toEqual(['a1,b1']);
  state.down = true;
  await tell([]);
  expect(pauses.slice(11)).toEqual([1_010]);
});

test('what is told and cannot be read is told again, and read then', async () => {
  const { state, pauses, offered, tell, endPause } = rig();
  await settle();
  state.releases.set('a', 'a2');
  state.down = true;
  await tell([told('a', 1)]);
  expect([pauses.length, offered]).toEqual([1, []]);
  state.down = false;
  await endPause();
  await tell([told('a', 1)]);
  expect(offered).toEqual(['a2,b1']);
});

test('a stop ends a poll that is held, and a pause', async () => {
  const { state, pauses, watch } = rig();
  await settle();
  await watch.stop();
  expect(state.polls).toBe(1);
  const other = rig(false);
  other.state.down = true;
  await settle();
  expect([pauses.length, other.pauses.length]).toEqual([0, 1]);
  await other.watch.stop();
});
