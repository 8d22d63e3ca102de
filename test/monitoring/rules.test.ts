import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { anchorsOf } from '../../scripts/docs/markdown.ts';
import { dashboardFiles } from '../../scripts/monitoring/dashboards.ts';
import { metricsIn, panelExpressions, root, ruleExpressions, ruleFiles, rules } from './expressions.ts';

const mainService = parse(readFileSync(join(root, 'monitoring/prometheus.yml'), 'utf8')) as {
  global: { external_labels: { docs: string } };
};
const promtool = promtoolOrReason();
const required = process.env['LONGWIRE_REQUIRE_PROMETHEUS'] === '1';

test('the dashboards are what their definitions make (node scripts/monitoring/dashboards.ts writes them)', () => {
  const folder = join(root, 'monitoring/dashboards');
  const written = Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
  expect(written).toEqual(dashboardFiles());
});

test('every alert says how grave it is, what is wrong, and has a runbook', () => {
  const anchors = anchorsOf(readFileSync(join(root, 'docs/operations.md'), 'utf8'));
  const alerts = rules.filter(({ alert }) => alert !== undefined);
  expect(alerts.length).toBeGreaterThan(10);
  for (const { alert, labels, annotations } of alerts) {
    expect(['page', 'ticket', ...(alert === 'Watchdog' ? ['none'] : [])], alert).toContain(labels?.severity);
    expect(annotations?.summary, alert).toBeTruthy();
    // Absolute: where the documents are is the main service's to say.
    expect(annotations?.runbook_url).toBe(`{{ $externalLabels.docs }}/operations.md#${alert!.toLowerCase()}`);
    expect(anchors, alert).toContain(alert!.toLowerCase());
  }
  expect(mainService.global.external_labels.docs).toMatch(/^https:\/\//);
});

test('every runbook says what to do, with a command, a figure or a link', () => {
  const sections = readFileSync(join(root, 'docs/operations.md'), 'utf8').split('\n### ');
  for (const { alert } of rules.filter((rule) => rule.alert !== undefined)) {
    const section = sections.find((text) => text.startsWith(`${alert}\n`));
    const action = /\n\nDo: ([\s\S]*?)(\n\n|$)/.exec(section ?? '')?.[1];
    expect(action, alert).toMatch(/`[^`]+`|\]\(/);
  }
});

test('what is asked of a recorded series is recorded', () => {
  const recorded = rules.flatMap(({ record }) => record ?? []);
  const asked = [...ruleExpressions, ...panelExpressions].flatMap(({ expr }) => metricsIn(expr));
  expect(asked.filter((name) => name.includes(':') && !recorded.includes(name))).toEqual([]);
  expect(asked.filter((name) => name.includes(':')).length).toBeGreaterThan(5);
});

describe.skipIf(promtool.missing !== undefined && !required)(
  `promtool${promtool.missing ? `: ${promtool.missing}` : ''}`,
  () => {
    test('accepts every rule', () => {
      expect(check('check', 'rules', ...ruleFiles)).toContain('SUCCESS');
    });

    test('accepts the configuration of the main service', () => {
      expect(check('check', 'config', join(root, 'monitoring/prometheus.yml'))).toContain('SUCCESS');
    });

    test('accepts what every panel asks for', () => {
      const folder = mkdtempSync(join(tmpdir(), 'longwire-panels-'));
      try {
        const file = join(folder, 'panels.yml');
        const asRules = panelExpressions.map(({ expr }, index) => ({ record: `panel_${index}`, expr }));
        writeFileSync(file, JSON.stringify({ groups: [{ name: 'panels', rules: asRules }] }));
        expect(check('check', 'rules', file)).toContain(`${panelExpressions.length} rules found`);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    test('alerts begin where they should, and not before (monitoring/rules.test.yml)', () => {
      expect(check('test', 'rules', join(root, 'monitoring/rules.test.yml'))).toContain('SUCCESS');
    }, 60_000);
  },
);

function check(...args: string[]): string {
  return execFileSync('promtool', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
}

function promtoolOrReason(): { missing?: string } {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore', timeout: 20_000 });
    return {};
  } catch {
    return { missing: 'needs promtool, of Prometheus, on the PATH' };
  }
}
