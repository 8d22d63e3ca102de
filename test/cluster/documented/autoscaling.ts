import { afterAll, describe, expect, test } from 'vitest';
import { addComponents } from '../../rigs/kubernetes/documented-line.ts';
import { installKedaKinds } from '../../rigs/kubernetes/keda.ts';
import { serveScaledObjects } from '../../rigs/kubernetes/scaled-objects.ts';
import { addressTowards } from '../../rigs/kubernetes/stores.ts';
import { waitFor } from '../../rigs/process.ts';
import { underLoad } from '../load.ts';
import { type Documented, load } from './documented-system.ts';

const limitMs = 480_000;
const roles = ['cm', 'im', 'user-redis', 'user-mysql'];

/**
 * components/autoscaling on the figures of k8s/monitoring. KEDA's operator isn't there: the rig makes the same autoscalers of its objects, and
 * answers them with the same queries. Targets and windows are a test's (test/k8s/quick-scaling).
 */
export function describeAutoscaling(documented: () => Documented, say: (line: string) => void): void {
  describe('autoscaling', () => {
    const get = (what: string, path: string): Promise<string> =>
      documented().kubectl.run(['-n', documented().line.namespace, 'get', what, '-o', `jsonpath=${path}`]);
    const instances = async (): Promise<number> => Number(await get('deploy/im', '{.spec.replicas}'));

    let end: (() => Promise<void>) | undefined;
    afterAll(() => end?.());

    test('autoscalers take over from fixed numbers, and no role has fewer pods meanwhile', async () => {
      const { kubectl, operator, line, monitoring } = documented();
      say(
        `KEDA's kinds are those of ${await installKedaKinds(kubectl)}; the rig makes autoscalers and figures of them`,
      );
      addComponents(operator, 'push', '../../components/autoscaling', '../../../test/k8s/quick-scaling');
      const replicas = (): Promise<string[]> =>
        Promise.all(roles.map((role) => get(`deploy/${role}`, '{.spec.replicas}')));
      const before = await replicas();
      await operator.run('autoscale');
      expect(await replicas()).toEqual(before);
      const node = await kubectl.run(['get', 'nodes', '-o', 'jsonpath={.items[0].status.addresses[0].address}']);
      end = await serveScaledObjects(kubectl, line.namespace, await addressTowards(node), monitoring);
      // What each is decided on is read: no figure is unknown.
      for (const role of roles) {
        const active = (): Promise<boolean> =>
          get(`hpa/${role}`, '{.status.conditions[?(@.type=="ScalingActive")].status}').then((said) => said === 'True');
        await waitFor(`the figures of ${role} are read`, active, limitMs, 1_000);
      }
      // On a busy node more of one may be wanted at once.
      const fewer = (await replicas()).filter((now, index) => Number(now) < Number(before[index]));
      expect(fewer).toEqual([]);
    });

    test('im grows under load and shrinks after it, and what is accepted meanwhile arrives once and in order', async () => {
      expect(end).toBeDefined();
      const { line } = documented();
      const least = Number(await get('hpa/im', '{.spec.minReplicas}'));
      // A busy node may have asked for more before.
      await waitFor('there are as few as may be', async () => (await instances()) === least, limitMs, 1_000);
      const from = Date.now();
      let grown = 0;
      const accepted = await underLoad(line, load, async ({ more }) => {
        grown = await waitFor(
          'more instances serve',
          async () => {
            const serving = Number(await get('deploy/im', '{.status.availableReplicas}'));
            return serving > least && serving;
          },
          limitMs,
          1_000,
        );
        await more(load.devices);
      });
      const seconds = (): number => Math.round((Date.now() - from) / 1_000);
      say(`autoscaling: im ${least} -> ${grown} after ${seconds()} s; ${accepted} pushes accepted and delivered`);
      await waitFor('there are as few as before', async () => (await instances()) === least, limitMs, 1_000);
      say(`autoscaling: im is at ${least} again after ${seconds()} s`);
    });
  });
}
