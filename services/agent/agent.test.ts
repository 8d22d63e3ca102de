import { pino } from 'pino';
import { compress, uncompress } from 'snappyjs';
import { Default } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { Agent } from './agent.ts';
import { Config } from './config.ts';
import { RequestBuffer } from './core/request-buffer.ts';
import { agentMetrics } from './metrics.ts';
import { read, type Series } from './testing/read-request.ts';

const labels = { product_line: 'push', role: 'cm', instance: 'cm-1' };
const config = Default(Config, {}) as { bufferSamples: number; bufferBytes: number };
const defaults = { maxSamples: config.bufferSamples, maxBytes: config.bufferBytes };

function rig(limits = defaults) {
  const state = { now: 1_700_000_000_000, page: 'a 1\n' as string | Error };
  const lines: { level: number; msg: string }[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const buffer = new RequestBuffer(limits);
  const failures = { refused: 0, rate_limited: 0, server_error: 0, no_answer: 0 };
  const agent = new Agent(
    {
      readPage: async () => {
        if (state.page instanceof Error) throw state.page;
        return state.page;
      },
      role: () => ({
        process: { state: 'sleeping', cpuSeconds: 3, residentBytes: 5_000, threads: 11 },
        cgroup: {
          ...{ cpuSeconds: 4, periods: 5, throttledPeriods: 1, throttledSeconds: 0.5 },
          ...{ memoryBytes: 7_000, memoryLimitBytes: 9_000, oomKills: 0 },
        },
      }),
      self: () => ({ cpuSeconds: 1, residentBytes: 2_000 }),
      compress,
      now: () => state.now,
    },
    buffer,
    { wake: () => {}, failures },
    labels,
    log,
  );
  /** What waits, oldest first; nothing waits after that. */
  function taken(): Series[] {
    const all: Series[] = [];
    for (let request = buffer.first; request; request = buffer.first) {
      const series = read(uncompress(request.body));
      expect(series).toHaveLength(request.samples);
      all.push(...series);
      buffer.done(request);
    }
    return all;
  }
  return { state, lines, buffer, agent, taken };
}

const named = (series: Series[], name: string): Series[] => series.filter((one) => one.labels['__name__'] === name);

test('a turn brings the page of the role and what is seen of it, all with the labels of the role', async () => {
  const { agent, taken } = rig();
  await agent.collect();
  const series = taken();
  expect(named(series, 'a')).toMatchObject([{ labels: { ...labels, __name__: 'a' }, value: 1 }]);
  for (const one of series) expect(one.labels).toMatchObject(labels);
  // Every metric that the agent says it has is there, and no other.
  const names = [...new Set(series.map((one) => one.labels['__name__']!))].filter((name) => name !== 'a');
  expect(names.sort()).toEqual(Object.keys(agentMetrics).sort());
  expect(named(series, 'longwire_agent_target_up')[0]!.value).toBe(1);
  expect(named(series, 'longwire_agent_scrape_samples')[0]!.value).toBe(1);
});

test('when the page cannot be read its series end, one line says why, and what is seen from outside goes on', async () => {
  const { state, lines, agent, taken } = rig();
  await agent.collect();
  taken();
  state.page = new Error('no answer within 10000 ms');
  for (const turn of [1, 2]) {
    await agent.collect();
    const series = taken();
    expect(named(series, 'a').map(({ value }) => value)).toEqual(turn === 1 ? ['ended'] : []);
    expect(named(series, 'longwire_agent_target_up')[0]!.value).toBe(0);
    expect(named(series, 'longwire_process_threads')[0]!.value).toBe(11);
  }
  state.page = 'a 2\n';
  await agent.collect();
  expect(named(taken(), 'a')[0]!.value).toBe(2);
  expect(lines.map(({ level }) => level)).toEqual([40, 30]);
});

test('what the role tells of its cgroup is not told twice, and goes on when the page comes back', async () => {
  const { state, agent, taken } = rig();
  const memory = () => named(taken(), 'longwire_cgroup_memory_bytes').map(({ value }) => value);
  const page = 'longwire_cgroup_memory_bytes{role="cm",instance="cm-1"} 6000\n';
  state.page = page;
  await agent.collect();
  expect(memory()).toEqual([6_000]);
  state.page = new Error('no answer');
  await agent.collect();
  expect(memory()).toEqual(['ended', 7_000]);
  state.page = page;
  await agent.collect();
  expect(memory()).toEqual([6_000]);
});

test('a page that is not of the format counts as one that cannot be read', async () => {
  const { state, lines, agent, taken } = rig();
  state.page = '<html>';
  await agent.collect();
  expect(named(taken(), 'longwire_agent_target_up')[0]!.value).toBe(0);
  expect(lines).toHaveLength(1);
});

test('that the role hangs is told at once, once, and so is that it does no more', () => {
  const { lines, agent, taken } = rig();
  agent.looked({ hung: false, fault: 'stopped' });
  expect(taken()).toEqual([]);
  agent.looked({ hung: true, fault: 'stopped' });
  agent.looked({ hung: true, fault: 'silent' });
  const series = taken();
  expect(named(series, 'longwire_agent_target_hung').map(({ value }) => value)).toEqual([1]);
  expect(named(series, 'longwire_agent_target_fault').filter(({ value }) => value === 1)).toMatchObject([
    { labels: { fault: 'stopped' } },
  ]);
  agent.looked({ hung: false, fault: undefined });
  expect(named(taken(), 'longwire_agent_target_hung').map(({ value }) => value)).toEqual([0]);
  expect(lines.map(({ level }) => level)).toEqual([50, 30]);
});

test('the time of a series only goes on, whatever the clock does', async () => {
  const { state, agent, taken } = rig();
  await agent.collect();
  state.now -= 60_000;
  await agent.collect();
  agent.looked({ hung: true, fault: 'silent' });
  const times = named(taken(), 'longwire_agent_target_up').map(({ atMs }) => atMs);
  expect(times).toEqual([...new Set(times)].sort((left, right) => left - right));
  expect(times).toHaveLength(3);
});

test('at the end every series ends, and nothing comes after that', async () => {
  const { agent, taken } = rig();
  await agent.collect();
  const before = taken().length;
  agent.end();
  const ends = taken();
  expect(ends.map(({ value }) => value)).toEqual(Array(before).fill('ended'));
  await agent.collect();
  expect(taken()).toEqual([]);
});

describe('ten minutes without the main service', () => {
  /** A page of calls and their buckets, with counters that grow. */
  function page(series: number, turn: number): string {
    const lines = Array.from({ length: series }, (_, index) => {
      const [call, bucket] = [Math.floor(index / 20), index % 20];
      return `longwire_call_seconds_bucket{le="${bucket}",call="call-${call}",outcome="ok",role="cm",instance="cm-1"} ${turn * index}`;
    });
    return `${lines.join('\n')}\n`;
  }

  test('nothing of 4,800 series every 15 s is lost by the bounds as they are, and all of it waits in order', async () => {
    const { state, buffer, agent } = rig();
    for (let turn = 0; turn <= 40; turn++) {
      state.page = page(4_800, turn);
      await agent.collect();
      state.now += 15_000;
    }
    expect(buffer.dropped).toBe(0);
    expect(buffer.samples).toBeGreaterThan(41 * 4_800);
    expect(buffer.bytes).toBeLessThan(defaults.maxBytes / 2);
    const times: number[] = [];
    for (let request = buffer.first; request; request = buffer.first) {
      // The first part of a page has the first series.
      const first = request.samples === 2_000 ? read(uncompress(request.body))[0] : undefined;
      if (first?.labels['call'] === 'call-0') times.push(first.atMs);
      buffer.done(request);
    }
    expect(times).toEqual(Array.from({ length: 41 }, (_, turn) => 1_700_000_000_000 + turn * 15_000));
  }, 60_000);

  test('after more than the bound the oldest are gone, and counted to the last', async () => {
    const { state, buffer, agent, taken } = rig({ maxSamples: 5_000, maxBytes: defaults.maxBytes });
    let made = 0;
    for (let turn = 0; turn < 60; turn++) {
      state.page = page(100, turn);
      const before = buffer.samples + buffer.dropped;
      await agent.collect();
      made += buffer.samples + buffer.dropped - before;
      state.now += 15_000;
    }
    const { dropped } = buffer;
    expect(dropped).toBeGreaterThan(0);
    expect(buffer.samples).toBeLessThanOrEqual(5_000);
    const left = taken();
    expect(left.length + dropped).toBe(made);
    expect(left.at(-1)!.atMs).toBeGreaterThanOrEqual(1_700_000_000_000 + 59 * 15_000);
  });
});
