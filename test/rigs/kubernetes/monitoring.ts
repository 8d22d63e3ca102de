import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operator } from './documented.ts';
import { type MainService, runLabel } from './install.ts';
import type { Kubectl } from './kubectl.ts';
import { tailOf } from './pod-logs.ts';

export const monitoringNamespace = 'longwire-monitoring';

const port = 9090;
const limitMs = 10_000;

export interface MonitoringOptions {
  kubectl: Kubectl;
  operator: Operator;
  /** By this the namespace is found again, and removed with the line (`removeLine`). */
  run: string;
  say: (line: string) => void;
}

/** The main service of k8s/monitoring. Pods and this machine's processes inside the cluster's network reach it. */
export interface Monitoring {
  /** Where agents are to send to. */
  readonly mainService: MainService;
  /** What Prometheus answers to a query: values by the labels named. */
  figures(query: string, by: string[]): Promise<Record<string, number>>;
  /** Names of the alerts that Prometheus says are firing for this line. */
  firing(line: string): Promise<string[]>;
  /** Likewise, of those that Alertmanager was told. */
  told(line: string): Promise<string[]>;
}

/**
 * Installs k8s/monitoring by docs/operations.md and waits until it is ready. The cluster has a volume for its Prometheus; Grafana is
 * not started, as no image of it can be had.
 */
export async function installMonitoring({ kubectl, operator, run, say }: MonitoringOptions): Promise<Monitoring> {
  const own = ['-n', monitoringNamespace];
  await operator.run('monitoring');
  await kubectl.run(['label', 'namespace', monitoringNamespace, `${runLabel}=${run}`]);
  await kubectl.run([...own, 'scale', 'deployment/grafana', '--replicas=0']);
  say('left out of monitoring, as there is no image: grafana');
  for (const what of ['statefulset/prometheus', 'deployment/alertmanager']) {
    const status = ['rollout', 'status', what, '--timeout=300s'];
    await kubectl.run([...own, ...status], { timeoutMs: 320_000 }).catch((error: Error) => {
      throw new Error(`${error.message}\n${tailOf(kubectl, monitoringNamespace, 'prometheus')}`, { cause: error });
    });
  }
  const addressOf = async (name: string): Promise<string> => {
    const path = 'jsonpath={.items[0].status.podIP}';
    return kubectl.run([...own, 'get', 'pods', '-l', `app.kubernetes.io/name=${name}`, '-o', path]);
  };
  const password = (user: string): string => readFileSync(join(operator.folder, user), 'utf8');
  const headers = { authorization: `Basic ${btoa(`readers:${password('readers')}`)}` };
  const ask = async (url: string): Promise<unknown> => {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(limitMs) });
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    return response.json();
  };
  const address = await addressOf('prometheus');
  const prometheus = `http://${address}:${port}/api/v1`;
  return {
    mainService: { address, port, user: 'agents', password: password('agents') },
    async figures(query, by) {
      const { data } = (await ask(`${prometheus}/query?query=${encodeURIComponent(query)}`)) as {
        data: { result: { metric: Record<string, string>; value: [number, string] }[] };
      };
      return Object.fromEntries(
        data.result.map(({ metric, value }) => [by.map((label) => metric[label]).join(' '), Number(value[1])]),
      );
    },
    async firing(line) {
      const { data } = (await ask(`${prometheus}/alerts`)) as { data: { alerts: (Alert & { state: string })[] } };
      return namesOf(
        data.alerts.filter(({ state }) => state === 'firing'),
        line,
      );
    },
    async told(line) {
      return namesOf((await ask(`http://${await addressOf('alertmanager')}:9093/api/v2/alerts`)) as Alert[], line);
    },
  };
}

interface Alert {
  labels: Record<string, string>;
}

function namesOf(alerts: Alert[], line: string): string[] {
  return alerts.filter(({ labels }) => labels['product_line'] === line).map(({ labels }) => labels['alertname']!);
}
