import { expect, test } from 'vitest';
import { Fleet, maxInstances } from './fleet.ts';
import type { PageLook } from './instance.ts';
import { overviewOf } from './overview.ts';
import { type Reading, readingOf } from './reading.ts';
import type { Target } from './target.ts';
import { topologyOf } from './topology.ts';

const cm = (url: string): Target => ({ role: 'cm', name: null, url });
const a = cm('http://10.0.0.1:1');
const b = cm('http://10.0.0.2:1');

function answer(instance: string, atMs: number, given: { acked?: number; live?: number } = {}, ready = true): PageLook {
  const labels = `role="cm",instance="${instance}"`;
  const page = `process_cpu_seconds_total{${labels}} ${atMs / 4_000}
process_resident_memory_bytes{${labels}} 1000000
longwire_cm_acked_total{${labels}} ${given.acked ?? 0}
longwire_cm_connections{state="live",${labels}} ${given.live ?? 0}`;
  const reading: Reading = readingOf(page, atMs);
  return { kind: 'answered', ready, faults: ready ? [] : ['bus: away'], live: true, reading };
}

/** A round every two seconds. */
function rounds(fleet = new Fleet()) {
  let ms = 0;
  return {
    fleet,
    round(looks: [Target, PageLook | ((ms: number) => PageLook)][]) {
      ms += 2_000;
      fleet.choose(looks.map(([target]) => target));
      const looked = looks.map(([target, look]) => ({
        target,
        look: typeof look === 'function' ? look(ms) : look,
        beganMs: ms,
        endedMs: ms + 10,
      }));
      fleet.take(looked, 1_000_000 + ms);
      return overviewOf(fleet.instances(), fleet.unread, 1_000_000 + ms);
    },
  };
}
const cmsOf = (overview: ReturnType<typeof overviewOf>) => overview.roles.find(({ role }) => role === 'cm')!.instances;

test('rates are of all instances, from what each counted; an instance is called as its page says', () => {
  const { round } = rounds();
  const first = round([
    [a, (ms) => answer('cm-1', ms, { acked: 100, live: 3 })],
    [b, (ms) => answer('cm-2', ms, { live: 4 })],
  ]);
  expect(cmsOf(first).map(({ name, state }) => [name, state])).toEqual([
    ['cm-1', 'ready'],
    ['cm-2', 'ready'],
  ]);
  // One page says nothing of a rate.
  expect(first.rates).toMatchObject({ connections: 7, ackedPerS: null });
  const second = round([
    [a, (ms) => answer('cm-1', ms, { acked: 120, live: 3 })],
    [b, (ms) => answer('cm-2', ms, { acked: 4, live: 5 })],
  ]);
  expect(second.rates).toMatchObject({ connections: 8, ackedPerS: 12 });
  expect(cmsOf(second)[0]).toMatchObject({ cpu: 0.25, rssBytes: 1_000_000, connections: 3 });
});

test('one that takes connections and never answers is hung, after longer than a pause; what it had is not told as if it were now', () => {
  const { round } = rounds();
  round([[a, (ms) => answer('cm-1', ms, { live: 3 })]]);
  const silent: PageLook = { kind: 'silent', why: 'no answer within 1000 ms' };
  const states = Array.from({ length: 9 }, () => cmsOf(round([[a, silent]]))[0]!);
  expect(states.slice(0, 7).map(({ state }) => state)).toEqual(Array(7).fill('not_ready'));
  expect(states.at(-1)).toMatchObject({ name: 'cm-1', state: 'hung', connections: null, rssBytes: null, cpu: null });
  expect(states.at(-1)!.faults[0]).toBe('silent');
  const back = cmsOf(round([[a, (ms) => answer('cm-1', ms, { live: 3 })]]))[0]!;
  expect(back).toMatchObject({ state: 'ready', connections: 3, faults: [] });
});

test('one that says that it makes no progress is hung too, one that is not ready is not', () => {
  const { round } = rounds();
  const stuck = (ms: number): PageLook => ({ ...answer('cm-1', ms, {}, false), live: false }) as PageLook;
  const unready = (ms: number): PageLook => answer('cm-2', ms, {}, false);
  let last = round([]);
  for (let n = 0; n < 9; n++)
    last = round([
      [a, stuck],
      [b, unready],
    ]);
  expect(cmsOf(last).map(({ state }) => state)).toEqual(['hung', 'not_ready']);
  expect(cmsOf(last)[1]!.faults).toEqual(['bus: away']);
});

test('one that is gone is shown so; that nobody lists it any more is seen for a minute', () => {
  const { round } = rounds();
  round([
    [a, (ms) => answer('cm-1', ms)],
    [b, (ms) => answer('cm-2', ms)],
  ]);
  const gone = cmsOf(round([[a, { kind: 'refused' }]]));
  expect(gone.map(({ name, state }) => [name, state])).toEqual([
    ['cm-1', 'gone'],
    ['cm-2', 'gone'],
  ]);
  const since = gone[0]!.since;
  for (let n = 0; n < 31; n++) round([[a, { kind: 'refused' }]]);
  const later = cmsOf(round([[a, { kind: 'refused' }]]));
  expect(later.map(({ name, since: at }) => [name, at])).toEqual([['cm-1', since]]);
});

test('an instance that two places name is one, where it answers', () => {
  const { round, fleet } = rounds();
  round([[a, (ms) => answer('cm-1', ms, { live: 3 })]]);
  const moved = cmsOf(round([[b, (ms) => answer('cm-1', ms, { live: 2 })]]));
  expect(moved).toMatchObject([{ name: 'cm-1', state: 'ready', connections: 2 }]);
  expect(fleet.urlOf('cm', 'cm-1')).toBe(b.url);
  expect(fleet.urlOf('im', 'cm-1')).toBeUndefined();
});

test('more instances than are looked at are counted', () => {
  const fleet = new Fleet();
  const many = Array.from({ length: maxInstances + 3 }, (_none, n) => cm(`http://10.0.0.1:${n + 1}`));
  expect(fleet.choose(many)).toHaveLength(maxInstances);
  expect(fleet.unread).toBe(3);
});

test('the way of a message has its nodes with their instances, and says where nothing is known', () => {
  const { round, fleet } = rounds();
  round([[a, (ms) => answer('cm-1', ms, { acked: 0 })]]);
  round([[a, (ms) => answer('cm-1', ms, { acked: 10 })]]);
  const { nodes, arrows } = topologyOf(fleet.instances(), 1);
  expect(nodes.find(({ id }) => id === 'cm')).toMatchObject({ role: 'cm', instances: [{ name: 'cm-1' }] });
  expect(arrows.find(({ from, to }) => from === 'device' && to === 'cm')).toMatchObject({ perS: 5, p50Ms: null });
  const ends = new Set(nodes.map(({ id }) => id));
  for (const { from, to } of arrows) expect(ends.has(from) && ends.has(to)).toBe(true);
});
