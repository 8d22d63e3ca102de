import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { readMetricsText } from '../scaling/core/metrics-text.ts';
import { type Reading, Readings } from '../scaling/core/readings.ts';
import { type ScaledRoleName, scaledRoles, valuesOf } from '../scaling/roles.ts';
import { createMetrics as createCmMetrics } from '../services/cm/metrics.ts';
import { createApiMetrics } from '../services/im/api/metrics.ts';
import { createLagMetric, createRouterMetrics } from '../services/im/metrics.ts';
import { createMetrics as createMysqlMetrics } from '../services/user-mysql/metrics.ts';

const file = resolve(import.meta.dirname, '../monitoring/rules/scaling.yml');
const text = readFileSync(file, 'utf8');
const { rules } = (parse(text) as { groups: { rules: { record: string; expr: string }[] }[] }).groups[0]!;
const roles = Object.keys(scaledRoles) as ScaledRoleName[];
/** What the agent beside each role exports. */
const ofTheAgent = ['longwire_agent_target_hung', 'longwire_agent_target_up'];

function promtoolMissing(): string | undefined {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'pipe', timeout: 20_000 });
    return undefined;
  } catch {
    return 'needs promtool: none on the PATH runs';
  }
}
const missing = promtoolMissing();

test('each load is in the rules with the target of its plan, for what hangs', () => {
  for (const role of roles) {
    for (const [figure, { kind, target }] of Object.entries(scaledRoles[role].figures)) {
      const found = rules.filter(
        ({ record, expr }) => record === `role:longwire_scaling:${figure}` && expr.includes(`role="${role}"`),
      );
      expect(found, `${role} ${figure}`).toHaveLength(1);
      const added = /\+ ([\d.]+) \* role:longwire_scaling:hung$/.exec(found[0]!.expr)?.[1];
      expect(added, `${role} ${figure}`).toBe(kind === 'load' ? String(target) : undefined);
    }
  }
});

test('the rules read what roles and agents export', () => {
  const registry = new Registry();
  createCmMetrics(registry, () => ({ counts: () => ({ all: 0, live: 0 }), limit: 1 }));
  createRouterMetrics(registry, () => ({ owned: 0, replaying: 0 }));
  createApiMetrics(registry);
  createLagMetric(registry, ['router'], async () => 0);
  const ofMysql = new Registry();
  const busy = { calls: 0, receipts: 0 };
  createMysqlMetrics(ofMysql, { mysqlUp: () => true, busy: () => busy, lag: async () => new Map() });
  const all = [registry, ofMysql].flatMap((one) => one.getMetricsAsArray());
  const names = all.flatMap(({ name }) => [name, `${name}_sum`, `${name}_count`]);
  const used = [...new Set([...text.matchAll(/\blongwire_\w+(?=[{[ )])/g)].map(([name]) => name))];
  expect(used.length).toBeGreaterThan(8);
  expect(used.filter((name) => ![...names, ...ofTheAgent].includes(name))).toEqual([]);
});

/** Series of two instances of each role, and a third that hangs: what each grows by in 15 s, or is. */
const counters: Record<ScaledRoleName, Record<string, [number, number]>> = {
  cm: { 'longwire_cm_logins_total{outcome="ok"}': [1_920, 3_840] },
  im: {
    'longwire_router_records_total{outcome="stored"}': [960, 1_920],
    'longwire_api_request_seconds_sum{call="push_single_cid",code="ok"}': [120, 240],
    'longwire_api_request_seconds_count{call="push_single_cid",code="ok"}': [480, 960],
    'longwire_api_request_seconds_sum{call="user_count",code="ok"}': [9_000, 9_000],
  },
  'user-redis': {
    'longwire_call_seconds_sum{call="pull",outcome="ok"}': [120, 60],
    'longwire_call_seconds_count{call="pull",outcome="ok"}': [7_680, 7_680],
  },
  'user-mysql': {
    'longwire_call_seconds_sum{call="app",outcome="ok"}': [60, 60],
    'longwire_call_seconds_count{call="app",outcome="ok"}': [960, 1_920],
    'longwire_receipt_records_total{outcome="counted"}': [1_920, 3_840],
  },
};
const gauges: Partial<Record<ScaledRoleName, Record<string, [number, number]>>> = {
  'user-mysql': {
    'longwire_receipts_lag{partition="0"}': [600, 600],
    'longwire_receipts_lag{partition="1"}': [1_800, 600],
  },
  cm: { 'longwire_cm_connections{state="live"}': [8_000, 9_000] },
  im: {
    'longwire_bus_lag_records{group="router"}': [600, 600],
    'longwire_bus_lag_records{group="channel"}': [9_000, 0],
  },
};

describe.skipIf(missing)(`promtool (${missing ?? ''})`, () => {
  test('takes the rules, and they make of the same counters what up makes of them, and one more target a hung instance', () => {
    execFileSync('promtool', ['check', 'rules', file], { stdio: 'pipe', timeout: 30_000 });
    const dir = mkdtempSync(join(tmpdir(), 'longwire-rules-'));
    try {
      const input = roles.flatMap((role) => seriesOf(role));
      const expected = roles.flatMap((role) =>
        Object.entries(valuesOf(scaledRoles[role], new Readings(readingsOf(role)))).map(([figure, value]) => {
          const { kind, target } = scaledRoles[role].figures[figure]!;
          const labels = `{product_line="push", role="${role}"}`;
          const wanted = kind === 'load' ? value + target : value;
          const name = `role:longwire_scaling:${figure}${labels}`;
          return { expr: name, eval_time: '10m', exp_samples: [{ labels: name, value: wanted }] };
        }),
      );
      expect(expected).toHaveLength(roles.flatMap((role) => Object.keys(scaledRoles[role].figures)).length);
      const checks = { rule_files: [file], evaluation_interval: '15s' };
      const tests = [{ interval: '15s', input_series: input, promql_expr_test: expected }];
      const path = join(dir, 'test.yml');
      writeFileSync(path, stringify({ ...checks, tests }));
      execFileSync('promtool', ['test', 'rules', path], { stdio: 'pipe', encoding: 'utf8', timeout: 60_000 });
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  test('a role whose agents reach it no more has no figures: nothing is scaled down then', () => {
    const dir = mkdtempSync(join(tmpdir(), 'longwire-rules-'));
    try {
      const labels = 'product_line="push",role="cm",instance="cm-1"';
      const input = [
        { series: `longwire_agent_target_up{${labels}}`, values: '1x20 0x20' },
        { series: `longwire_agent_target_hung{${labels}}`, values: '0x40' },
      ];
      const name = 'role:longwire_scaling:logins{product_line="push", role="cm"}';
      const expected = [
        { expr: name, eval_time: '4m', exp_samples: [{ labels: name, value: 0 }] },
        { expr: name, eval_time: '8m', exp_samples: [] },
      ];
      const tests = [{ interval: '15s', input_series: input, promql_expr_test: expected }];
      const path = join(dir, 'test.yml');
      writeFileSync(path, stringify({ rule_files: [file], evaluation_interval: '15s', tests }));
      execFileSync('promtool', ['test', 'rules', path], { stdio: 'pipe', encoding: 'utf8', timeout: 60_000 });
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

function seriesOf(role: ScaledRoleName): { series: string; values: string }[] {
  const at = (name: string, number: number): string => {
    const labels = `product_line="push",role="${role}",instance="${role}-${number}"`;
    return name.includes('{') ? name.replace('{', `{${labels},`) : `${name}{${labels}}`;
  };
  // The third one counted until it hung, and must not be seen.
  const of = (values: [number, number], step: (value: number) => string) =>
    [...values, values[0]].map((value, index) => ({ number: index + 1, values: step(value) }));
  const rows = [
    ...Object.entries(counters[role]).map(([name, values]) => ({ name, each: of(values, (by) => `0+${by}x60`) })),
    ...Object.entries(gauges[role] ?? {}).map(([name, values]) => ({ name, each: of(values, (is) => `${is}x60`) })),
    {
      name: 'longwire_agent_target_hung',
      each: [0, 0, 1].map((is, index) => ({ number: index + 1, values: `${is}x60` })),
    },
    {
      name: 'longwire_agent_target_up',
      each: [1, 1, 0].map((is, index) => ({ number: index + 1, values: `${is}x60` })),
    },
  ];
  return rows.flatMap(({ name, each }) => each.map(({ number, values }) => ({ series: at(name, number), values })));
}

/** The same of the two that don't hang, as `up` reads them. */
function readingsOf(role: ScaledRoleName): Reading[][] {
  return [0, 1].map((index) =>
    [0, 4].map((step) => {
      const lines = [
        ...Object.entries(counters[role]).map(([name, values]) => `${name} ${values[index]! * step}`),
        ...Object.entries(gauges[role] ?? {}).map(([name, values]) => `${name} ${values[index]}`),
      ];
      return { atMs: step * 15_000, samples: readMetricsText(lines.join('\n')) };
    }),
  );
}
