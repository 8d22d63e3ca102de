import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { dashboards } from '../../scripts/monitoring/dashboards.ts';

export const root = resolve(import.meta.dirname, '../..');
export const ruleFiles = ['recording.yml', 'alerts.yml', 'scaling.yml'].map((name) =>
  join(root, 'monitoring/rules', name),
);

interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  labels?: { severity: string };
  annotations?: { summary: string; runbook_url: string };
}

export interface Expression {
  /** The rule or panel that it is of. */
  of: string;
  expr: string;
}

export const rules: Rule[] = ruleFiles.flatMap((file) => {
  const { groups } = parse(readFileSync(file, 'utf8')) as { groups: { rules: Rule[] }[] };
  return groups.flatMap((group) => group.rules);
});

/** All that dashboards ask for, with their variables as Grafana would put them in. */
export const panelExpressions: Expression[] = Object.values(dashboards).flatMap(({ title, rows }) =>
  rows.flat().flatMap((panel) =>
    panel.queries.map(({ expr }) => ({
      of: `${title}, ${panel.title}`,
      expr: expr.replaceAll('$__range', '1h').replaceAll(/\$[a-z_]+/g, '.+'),
    })),
  ),
);

export const ruleExpressions: Expression[] = rules.map(({ record, alert, expr }) => ({ of: record ?? alert!, expr }));

/** The metrics that an expression names, as they are exported: of a histogram its own name. Recorded ones have a colon. */
export function metricsIn(expr: string): string[] {
  const withoutLabels = expr.replaceAll(/\{[^}]*\}/g, '').replaceAll(/\b(by|on|ignoring|without)\s*\([^)]*\)/g, '');
  const names = withoutLabels.match(/\b(?:[a-z]+:)?(?:longwire|process|nodejs)[a-z0-9_:]+/g) ?? [];
  return [
    ...new Set(names.map((name) => name.replace(/_(bucket|sum|count)$/, (end) => (name.includes(':') ? end : '')))),
  ];
}
