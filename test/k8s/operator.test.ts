import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { containersOf, kustomizeMissing, podsOf, render, root } from '../../scripts/kubernetes/render.ts';
import { prometheusRule, ruleFile } from '../../scripts/monitoring/prometheus-rule.ts';
import { policiesOf } from './flows.ts';

const missing = kustomizeMissing();
const manifests = missing ? [] : render('test/k8s/operator');
const of = (wanted: string) => manifests.find(({ kind }) => kind === wanted)!['spec'] as Record<string, unknown>;
const promtoolMissing = missingPromtool();

test('the PrometheusRule is what monitoring/rules make (node scripts/monitoring/prometheus-rule.ts writes it)', () => {
  expect(readFileSync(join(root, ruleFile), 'utf8')).toBe(prometheusRule());
});

describe.skipIf(missing)(`with the Prometheus operator${missing ? `: ${missing}` : ''}`, () => {
  test('no agent runs, and no rule asks for what only an agent sees', () => {
    const containers = podsOf(manifests).flatMap(({ template }) => containersOf(template));
    expect(containers.length).toBe(5);
    expect(containers.some(({ image }) => image.includes('agent'))).toBe(false);
    const { groups } = of('PrometheusRule') as { groups: { rules: { expr: string; record?: string }[] }[] };
    const made = groups.flatMap(({ rules }) => rules.map(({ record }) => record));
    const asked = JSON.stringify(groups).match(/longwire_(agent|process)_\w+/g) ?? [];
    expect([...new Set(asked)].filter((name) => !made.includes(name))).toEqual([]);
  });

  test('its Prometheus reaches the port that the PodMonitor names, of the pods that it selects', () => {
    const { podMetricsEndpoints: [endpoint] = [], selector } = of('PodMonitor') as {
      podMetricsEndpoints: { port: string; path: string }[];
      selector: object;
    };
    for (const { template } of podsOf(manifests)) {
      const ports = template.spec.containers[0]!.ports!;
      expect(ports.find(({ name }) => name === endpoint!.port)?.containerPort).toBe(7100);
    }
    const policy = policiesOf(manifests).get('from-prometheus')!;
    expect(policy.podSelector).toEqual(selector);
    expect(policy.ingress![0]!.ports).toEqual([{ protocol: 'TCP', port: 7100 }]);
  });
});

describe.skipIf(promtoolMissing)(`its rules${promtoolMissing ? `: ${promtoolMissing}` : ''}`, () => {
  test('promtool reads them; a scrape that fails is a role that is down, and counts no more', () => {
    const dir = mkdtempSync(join(tmpdir(), 'longwire-rules-'));
    try {
      writeFileSync(join(dir, 'rules.yml'), stringify({ groups: of('PrometheusRule')['groups'] }));
      execFileSync('promtool', ['check', 'rules', join(dir, 'rules.yml')], { stdio: 'pipe' });
      const labels = (instance: string) => `{job="longwire",product_line="push",role="cm",instance="${instance}"}`;
      const known = { product_line: 'push', role: 'cm' };
      writeFileSync(
        join(dir, 'test.yml'),
        stringify({
          rule_files: ['rules.yml'],
          evaluation_interval: '15s',
          tests: [
            {
              interval: '15s',
              input_series: [
                { series: `up${labels('cm-1')}`, values: '1x40' },
                { series: `up${labels('cm-2')}`, values: '1x10 0x30' },
              ],
              promql_expr_test: [
                {
                  expr: 'longwire:instances:count',
                  eval_time: '5m',
                  exp_samples: [{ labels: 'longwire:instances:count{product_line="push",role="cm"}', value: 1 }],
                },
              ],
              alert_rule_test: [
                {
                  eval_time: '8m',
                  alertname: 'RoleDown',
                  exp_alerts: [
                    {
                      exp_labels: { ...known, instance: 'cm-2', severity: 'ticket' },
                      exp_annotations: {
                        summary: 'cm cm-2 cannot be scraped by its agent',
                        runbook_url: 'https://longwire.internal/docs/operations.md#roledown',
                      },
                    },
                  ],
                },
              ],
            },
          ],
        }),
      );
      execFileSync('promtool', ['test', 'rules', join(dir, 'test.yml')], { stdio: 'pipe' });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

function missingPromtool(): string | undefined {
  if (missing) return missing;
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore', timeout: 20_000 });
    return undefined;
  } catch {
    return process.env['LONGWIRE_REQUIRE_PROMETHEUS'] === '1'
      ? undefined
      : 'needs promtool, of Prometheus, on the PATH';
  }
}
