import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';

/**
 * `node scripts/monitoring/prometheus-rule.ts`: writes the rules of monitoring/rules as a PrometheusRule, for
 * k8s/components/prometheus-operator.
 */
const root = resolve(import.meta.dirname, '../..');
export const ruleFile = 'k8s/components/prometheus-operator/rules.yaml';

interface Rule {
  record?: string;
  alert?: string;
  expr: string;
}

/** What no agent runs for is left out, and so is the watchdog, which the operator's Prometheus has already. */
const ofAgents = /longwire_(agent_(?!target_)|process_)/;
const leftOut = ['RoleHung', 'Watchdog'];

/** `longwire_agent_target_up` as a scrape has it, and no role hangs: one that does isn't scraped. */
const inPlaceOfAgents = {
  name: 'longwire-scrapes',
  rules: [
    { record: 'longwire_agent_target_up', expr: 'max by (product_line, role, instance) (up{job="longwire"})' },
    { record: 'longwire_agent_target_hung', expr: '0 * max by (product_line, role, instance) (up{job="longwire"})' },
  ],
};

/** The text of the file. */
export function prometheusRule(): string {
  const groups = ['recording', 'alerts', 'scaling'].flatMap((file) => {
    const { groups: found } = parse(readFileSync(join(root, `monitoring/rules/${file}.yml`), 'utf8')) as {
      groups: { name: string; rules: Rule[] }[];
    };
    return found.map((group) => ({
      ...group,
      name: `${group.name}-${file}`,
      rules: group.rules.filter(({ alert, expr }) => !ofAgents.test(expr) && !leftOut.includes(alert ?? '')),
    }));
  });
  const { global } = parse(readFileSync(join(root, 'monitoring/prometheus.yml'), 'utf8')) as {
    global: { external_labels: { docs: string } };
  };
  const text = stringify(
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: 'longwire' },
      spec: { groups: [inPlaceOfAgents, ...groups] },
    },
    { lineWidth: 0 },
  );
  const head =
    '# Made by scripts/monitoring/prometheus-rule.ts from monitoring/rules. Runbooks are where `docs` of monitoring/prometheus.yml says.\n';
  return head + text.replaceAll('{{ $externalLabels.docs }}', global.external_labels.docs);
}

if (import.meta.main) writeFileSync(join(root, ruleFile), prometheusRule());
