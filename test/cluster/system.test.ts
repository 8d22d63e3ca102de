import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeBroadcasts } from '../e2e/suite/broadcasts.ts';
import { describeCounting } from '../e2e/suite/counting.ts';
import { describeCrashes } from '../e2e/suite/crashes.ts';
import { describeDelivery } from '../e2e/suite/delivery.ts';
import { describeIdempotency } from '../e2e/suite/idempotency.ts';
import { describeProtocol } from '../e2e/suite/protocol.ts';
import { describeRecall } from '../e2e/suite/recall.ts';
import { SystemUnderTest } from '../e2e/suite/system-under-test.ts';
import { describeTasks } from '../e2e/suite/tasks.ts';
import { chooseContext } from '../rigs/kubernetes/context.ts';
import { operatorIn } from '../rigs/kubernetes/documented.ts';
import { Kubectl } from '../rigs/kubernetes/kubectl.ts';
import { type Line, startLine } from '../rigs/kubernetes/line.ts';
import { installMonitoring, type Monitoring } from '../rigs/kubernetes/monitoring.ts';
import type { ClusterUnderTest } from './current/cluster-under-test.ts';
import { describeEvictions } from './current/evictions.ts';
import { describeHungPod } from './current/hung-pod.ts';
import { describeMigrations } from './current/migrations.ts';
import { describeMonitoring } from './current/monitoring.ts';
import { describeNetworkPolicies } from './current/network-policies.ts';
import { describePodSecurity } from './current/pod-security.ts';
import { describeSidecars } from './current/sidecars.ts';
import { describeDeletedPods } from './deleted-pods.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The version of the cluster that was started for this run, whose policies are enforced and whose node has all images. */
const ownVersion = process.env['LONGWIRE_K8S_OWN_CLUSTER'];

/** Suites that need nothing of one machine: no store's folder, no data of `up`, no server on loopback that roles call. */
describe('in a cluster', () => {
  const sut = new SystemUnderTest();
  const dir = mkdtempSync(join(tmpdir(), 'longwire-line-'));
  const namespace = process.env['LONGWIRE_K8S_NAMESPACE'] ?? `longwire-test-${randomBytes(4).toString('hex')}`;
  let kubectl: Kubectl;
  let line: Line;
  let monitoring: Monitoring | undefined;
  const cluster = (): ClusterUnderTest => ({ kubectl, namespace, line });

  beforeAll(async () => {
    kubectl = new Kubectl(chooseContext(process.env['LONGWIRE_K8S_CONTEXT']));
    const { serverVersion } = JSON.parse(await kubectl.run(['version', '-o', 'json']));
    say(`the cluster is Kubernetes ${serverVersion.gitVersion}`);
    if (ownVersion !== undefined) {
      expect(serverVersion.gitVersion).toBe(ownVersion);
      const operator = await operatorIn(join(dir, 'operator'), say);
      monitoring = await installMonitoring({ kubectl, operator, run: namespace, say });
    }
    await sut.start({}, async () => {
      line = await startLine({ kubectl, namespace, dir: join(dir, 'line'), mainService: monitoring?.mainService, say });
      return line;
    });
  });
  afterAll(async () => {
    await sut.stop();
    rmSync(dir, { recursive: true, force: true });
    if (line) expect(await kubectl.run(['get', 'namespace', namespace, '--ignore-not-found'])).toBe('');
  });

  test('every pod is ready, and none of them was started twice', async () => {
    const path = '{range .items[*].status.containerStatuses[*]}{.ready}{" "}{.restartCount}{"\\n"}{end}';
    const args = ['-n', namespace, 'get', 'pods', '-l', 'app.kubernetes.io/component!=migrations'];
    const states = (await kubectl.run([...args, '-o', `jsonpath=${path}`])).trim().split('\n');
    expect(states).toEqual(Array.from({ length: 10 }, () => 'true 0'));
  });

  describe.runIf(ownVersion)(`Kubernetes ${ownVersion}`, () => {
    describeSidecars(cluster);
    describePodSecurity(cluster);
    describeMigrations(sut, cluster);
    describeNetworkPolicies(cluster, () => monitoring!.mainService);
    describeMonitoring(sut, () => monitoring!);
    describeEvictions(sut, cluster);
    describeHungPod(sut, cluster);
  });
  describeDelivery(sut);
  describeProtocol(sut);
  describeIdempotency(sut);
  describeTasks(sut);
  describeBroadcasts(sut);
  describeRecall(sut);
  describeCounting(sut);
  describeDeletedPods(sut, () => line);
  describeCrashes(sut);
});
