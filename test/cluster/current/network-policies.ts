import { connect } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { roles } from '../../../scripts/up/args.ts';
import { makeNamespace, startBystander } from '../../rigs/kubernetes/bystander.ts';
import { reachedFrom, type Source } from '../../rigs/kubernetes/connections.ts';
import type { MainService } from '../../rigs/kubernetes/install.ts';
import { waitFor } from '../../rigs/process.ts';
import { arrowsOf } from './arrows.ts';
import { type ClusterUnderTest, seenPod } from './cluster-under-test.ts';

const opsPort = 7100;
const agentPort = 7110;
const ownPorts: Record<string, number> = { cm: 8081, im: 8080, 'user-redis': 7101, 'user-mysql': 7102, console: 8082 };
const settleMs = 60_000;

/** Arrows of docs/networking.md, as `FROM TO PORT`. The internet is tried nowhere: the cluster has no way there. */
const arrows = arrowsOf().filter(({ to }) => to !== 'internet');
/** Who is anywhere is outside of the line: its own pods go nowhere but where an arrow of theirs leads. */
const sourceOf = (from: string): string => (from === 'anywhere' ? 'stranger' : from);
const drawn = new Set(arrows.map(({ from, to, port }) => `${sourceOf(from)} ${to} ${port}`));

/**
 * kube-router looks into one list for both directions of a policy: what may come into its pods may go out of them to each other as
 * well. By Kubernetes' own rules these two are refused; what enforces the policies here can't show it, so they aren't tried.
 */
const notShown = new Set(['cm cm 8081', 'im im 8080']);

/**
 * Connections from every kind of pod to everything that listens: those that are drawn are made, all others aren't. Each target is reached
 * from its node, so one that isn't reached was refused, not away.
 */
export function describeNetworkPolicies(cluster: () => ClusterUnderTest, mainService: () => MainService): void {
  describe('network policies', () => {
    /** HOST:PORT by `TO PORT`. */
    const targets = new Map<string, string>();
    const sources = new Map<string, Source>();
    const reached = new Set<string>();
    const tried = (): string[] =>
      [...sources.keys()]
        .flatMap((source) => [...targets.keys()].map((target) => `${source} ${target}`))
        .filter((one) => !notShown.has(one));

    beforeAll(async () => {
      const { kubectl, namespace, line } = cluster();
      const pods = new Map<string, [first: string, second: string]>(
        roles.map((role) => [role, [line.podOf(`${role}-1`).name, line.podOf(`${role}-2`).name]]),
      );
      pods.set('console', await namesOfConsoles(cluster()));
      for (const [role, [first, second]] of pods) {
        // From the first to the second: a pod's calls of itself pass no policy.
        sources.set(role, { namespace, pod: first, container: role });
        const { status } = await seenPod(cluster(), second);
        for (const port of [ownPorts[role]!, opsPort, agentPort])
          targets.set(`${role} ${port}`, `${status.podIP}:${port}`);
      }
      const { redis, mariadb, kafka, address } = line.stores;
      targets.set('redis 6379', `${address}:${redis.port}`);
      targets.set('mysql 3306', `${address}:${mariadb.port}`);
      targets.set('kafka 9092', `${address}:${kafka.port}`);
      targets.set('main-service 9090', `${mainService().address}:${mainService().port}`);
      targets.set('node 6443', `${address}:6443`);
      const dns = [
        '-n',
        'kube-system',
        'get',
        'pods',
        '-l',
        'k8s-app=kube-dns',
        '-o',
        'jsonpath={.items[0].status.podIP}',
      ];
      const names = await kubectl.run(dns);
      targets.set('dns 53', `${names}:53`);
      targets.set('dns 8080', `${names}:8080`);
      targets.set('dns 8181', `${names}:8181`);

      const { image } = (await seenPod(cluster(), line.podOf('cm-1').name)).spec.containers[0]!;
      const outside = `${namespace}-outside`;
      await makeNamespace(kubectl, outside, namespace);
      const component = 'app.kubernetes.io/component';
      const labels = { 'app.kubernetes.io/name': 'longwire', [component]: 'migrations' };
      await startBystander({ kubectl, namespace, name: 'migrations-too', image, labels });
      await startBystander({ kubectl, namespace, name: 'nobody', image });
      await startBystander({ kubectl, namespace: outside, name: 'stranger', image });
      sources.set('migrations', { namespace, pod: 'migrations-too', container: 'migrations-too' });
      sources.set('nobody', { namespace, pod: 'nobody', container: 'nobody' });
      sources.set('stranger', { namespace: outside, pod: 'stranger', container: 'stranger' });

      // The firewall hears of a pod that has just come a moment later. What is otherwise at the end is said by the tests.
      await waitFor('all is as it is drawn', async () => (await faults()).length === 0, settleMs, 2_000).catch(
        () => {},
      );
    });

    /** What is otherwise than it is drawn, of a new try of all. */
    async function faults(): Promise<string[]> {
      reached.clear();
      for (const [name, source] of sources) {
        const found = await reachedFrom(cluster().kubectl, source, [...targets.values()]);
        for (const [target, address] of targets) if (found.has(address)) reached.add(`${name} ${target}`);
      }
      return tried().filter((one) => reached.has(one) !== isDrawn(one));
    }

    test('from its node everything that is tried is reached', async () => {
      const answers = await Promise.all([...targets].map(async ([name, at]) => ((await accepts(at)) ? [] : [name])));
      expect(answers.flat()).toEqual([]);
    });

    test('what is drawn is reached, and nothing else', () => {
      expect(tried().length).toBeGreaterThan(100);
      const otherwise = tried().filter((one) => reached.has(one) !== isDrawn(one));
      expect(otherwise.map((one) => `${one} ${reached.has(one) ? 'is reached' : 'is not reached'}`)).toEqual([]);
      const refused = tried().filter((one) => !reached.has(one));
      process.stdout.write(`policies: ${reached.size} connections made, ${refused.length} refused\n`);
    });

    test.each([...new Set(arrows.flatMap(({ policies }) => policies))])(
      'of policy %s the arrows are reached, and at least three that are not drawn are refused',
      (policy) => {
        const own = arrows.filter(({ policies }) => policies.includes(policy));
        const made = own.flatMap(({ from, to, port }) =>
          tried().filter((one) => one === `${sourceOf(from)} ${to} ${port}`),
        );
        expect(made.length).toBeGreaterThan(0);
        expect(made.filter((one) => !reached.has(one))).toEqual([]);
        // A policy of pods closes what leads to them and from them, one of a store what leads to it.
        const at = policy.replace(/^to-/, '');
        const others = tried().filter((one) => !isDrawn(one) && one.split(' ')[1] === at);
        expect(others.length).toBeGreaterThanOrEqual(3);
        expect(others.filter((one) => reached.has(one))).toEqual([]);
      },
    );

    test('names are answered by the DNS of the cluster, of which nothing but port 53 is open', async () => {
      const { kubectl, namespace } = cluster();
      const { pod, container } = sources.get('nobody')!;
      const script = "require('node:dns').promises.lookup('user-redis').then(({ address }) => console.log(address))";
      const exec = ['-n', namespace, 'exec', pod, '-c', container, '--', 'node', '-e', script];
      const service = ['-n', namespace, 'get', 'service', 'user-redis', '-o', 'jsonpath={.spec.clusterIP}'];
      // On a busy node an answer may come too late for the first try.
      const answer = await waitFor('the name is answered', async () => (await kubectl.run(exec)).trim(), 60_000, 500);
      expect(answer).toBe(await kubectl.run(service));
      expect(['nobody dns 53', 'cm dns 53'].filter((one) => !reached.has(one))).toEqual([]);
      const closed = ['nobody dns 8080', 'nobody dns 8181', 'nobody node 6443', 'cm dns 8080'];
      expect(closed.filter((one) => reached.has(one))).toEqual([]);
    });
  });
}

async function namesOfConsoles({ kubectl, namespace }: ClusterUnderTest): Promise<[first: string, second: string]> {
  const named = [
    'get',
    'pods',
    '-l',
    'app.kubernetes.io/component=console',
    '-o',
    'jsonpath={.items[*].metadata.name}',
  ];
  const [first, second] = (await kubectl.run(['-n', namespace, ...named])).split(' ');
  return [first!, second!];
}

/** Those of the line's namespace may ask for names; who is outside of it is bound by no policy there. */
function isDrawn(one: string): boolean {
  const [source, to, port] = one.split(' ');
  if (to === 'dns' && port === '53') return true;
  if (source === 'stranger' && ['redis', 'mysql', 'kafka', 'node', 'dns'].includes(to!)) return true;
  return drawn.has(one);
}

function accepts(at: string): Promise<boolean> {
  const [host, port] = at.split(':');
  return new Promise((resolve) => {
    const socket = connect({ host: host!, port: Number(port), timeout: 3_000 });
    const end = (reached: boolean): void => {
      socket.destroy();
      resolve(reached);
    };
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false));
  });
}
