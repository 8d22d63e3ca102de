import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDevice } from '../rigs/device.ts';
import { chooseContext } from '../rigs/kubernetes/context.ts';
import { blocksToRun, type Operator, operatorIn } from '../rigs/kubernetes/documented.ts';
import {
  addComponents,
  type DocumentedLine,
  openLine,
  putStoresAt,
  putStoresIntoCluster,
  smallNode,
  writeUrls,
} from '../rigs/kubernetes/documented-line.ts';
import { Kubectl } from '../rigs/kubernetes/kubectl.ts';
import { installMonitoring, type Monitoring } from '../rigs/kubernetes/monitoring.ts';
import { addressTowards, type Stores, startStores, usualPorts } from '../rigs/kubernetes/stores.ts';
import { describeAlert } from './documented/alert.ts';
import { describeAutoscaling } from './documented/autoscaling.ts';
import type { Documented } from './documented/documented-system.ts';
import { describeDrain } from './documented/drain.ts';
import { describeDryRuns } from './documented/dry-runs.ts';
import { describeLostPods } from './documented/lost-pods.ts';
import { storesInCluster } from './documented/stores-in-cluster.ts';
import { describeVersions } from './documented/versions.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const ownVersion = process.env['LONGWIRE_K8S_OWN_CLUSTER'];

/** Both lines and the main service by the commands of docs/operations.md, word by word; then what operators do to a line. */
describe.runIf(ownVersion)(`docs/operations.md on Kubernetes ${ownVersion}`, () => {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-operator-'));
  const run = new Set<string>();
  let kubectl: Kubectl;
  let operator: Operator;
  let monitoring: Monitoring;
  let push: DocumentedLine;
  let outside: Stores | undefined;
  const documented = (): Documented => ({ kubectl, operator, monitoring, line: push });

  beforeAll(async () => {
    kubectl = new Kubectl(chooseContext(undefined));
    operator = await operatorIn(dir, (line) => {
      run.add(line.split(' ').at(-1)!);
      say(line);
    });
    await operator.run('cluster');
    monitoring = await installMonitoring({ kubectl, operator, run: 'documented', say });
  });
  afterAll(async () => {
    await push?.close();
    const made = ['longwire-push', 'longwire-iot', 'longwire-monitoring', 'longwire-load'];
    await kubectl.run(['delete', 'namespace', '--ignore-not-found', ...made], { timeoutMs: 600_000 });
    await kubectl.run(['delete', '--ignore-not-found', '-f', join(dir, 'volumes.yaml')]);
    await kubectl.run(['delete', '--ignore-not-found', '-k', join(dir, 'k8s/cluster')]);
    await outside?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test('the line "push" is installed, with stores in the cluster: a device gets what an upstream pushes', async () => {
    putStoresIntoCluster(operator, 'push');
    addComponents(operator, 'push', smallNode);
    await operator.run('stores');
    await operator.run('agents');
    const stores = await storesInCluster(kubectl, 'longwire-push');
    writeUrls(operator, stores.urls);
    await operator.run('secrets');
    await Promise.all([operator.run('install'), stores.makeAccount()]);
    push = await openLine(kubectl, operator, 'push');
    await reach(push);
  });

  test('the line "iot" is installed beside it, with stores outside, and goes again', async () => {
    const node = await kubectl.run(['get', 'nodes', '-o', 'jsonpath={.items[0].status.addresses[0].address}']);
    outside = await startStores(join(dir, 'outside'), await addressTowards(node), usualPorts);
    putStoresAt(operator, 'iot', outside.address);
    addComponents(operator, 'iot', smallNode);
    const { password } = new URL(outside.mariadb.url);
    writeUrls(operator, {
      redis: `redis://:${outside.redis.password}@redis:6379/0`,
      mysql: `mysql://longwire:${password}@mysql:3306/longwire_push`,
    });
    await operator.run('secrets', 'iot');
    await operator.run('agents', 'iot');
    await operator.run('install', 'iot');
    const iot = await openLine(kubectl, operator, 'iot');
    await reach(iot);
    await iot.close();
    await kubectl.run(['delete', 'namespace', 'longwire-iot'], { timeoutMs: 300_000 });
  });

  test('what was edited is committed, as an operator keeps it', async () => {
    await operator.shell('git commit --quiet --all --message "Stores and size"');
  });

  describeVersions(documented);
  describeDrain(documented);
  describeLostPods(documented);
  describeAlert(documented);
  describeAutoscaling(documented, say);
  describeDryRuns(documented, say);

  test('every block that the page marks was run', () => {
    expect([...run].sort()).toEqual([...new Set(blocksToRun())].filter((name) => name !== 'port').sort());
  });
});

async function reach(line: DocumentedLine): Promise<void> {
  const device = startDevice(line.deviceOptions());
  await device.online(60_000);
  await line.upstream.push(device.cid(), 'by the book');
  await device.waitForPushes(1, 60_000);
  expect(device.pushes.map(({ transmission }) => transmission)).toEqual(['by the book']);
  device.device.close();
}
