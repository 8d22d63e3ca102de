import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kustomizeMissing, podsOf, render, root } from '../../scripts/kubernetes/render.ts';
import { envNameOf } from '../../services/common/config.ts';
import { flowsOf, policiesOf } from './flows.ts';

const missing = kustomizeMissing();
const manifests = missing ? [] : render('test/k8s/apollo');
const roles = ['cm', 'console', 'im', 'user-mysql', 'user-redis'];

describe.skipIf(missing)(`the config centre${missing ? `: ${missing}` : ''}`, () => {
  const data = manifests.find(({ kind }) => kind === 'ConfigMap')?.['data'] as Record<string, string>;

  test('every role is told of it, and may call it: the addresses of policy and configuration are the same', () => {
    const metas = data['LONGWIRE_APOLLO_META']!.split(',').map((url) => new URL(url));
    const policy = policiesOf(manifests).get('to-apollo')!;
    const blocks = policy.egress!.flatMap(({ to }) => to!.map(({ ipBlock }) => ipBlock!.cidr));
    expect(blocks).toEqual(metas.map(({ hostname }) => `${hostname}/32`));
    const flows = flowsOf(new Map([['to-apollo', policy]]), 'egress', () => 'apollo');
    expect(flows).toEqual(roles.map((role) => `${role} apollo ${metas[0]!.port}`));
    const stated = [
      ...readFileSync(join(root, 'docs/networking.md'), 'utf8').matchAll(/^\| (\S+) \| apollo \| (\d+) \|/gm),
    ].map(([, from, port]) => `${from} apollo ${port}`);
    expect(stated.sort()).toEqual(flows);
  });

  test('every role has a folder for the backup that it may write to, and its own keys by their names', async () => {
    for (const { name, template } of podsOf(manifests)) {
      const { Config } = await import(`../../services/${name}/config.ts`);
      const keys = Object.keys(Config.properties).map(envNameOf);
      const [container] = template.spec.containers;
      const told = [...Object.keys(data), ...container!.env!.map((one) => one.name)].filter((one) =>
        one.includes('APOLLO'),
      );
      expect(told.length).toBe(5);
      expect(told.filter((one) => !keys.includes(one))).toEqual([]);
      const { mountPath } = (container!['volumeMounts'] as { mountPath: string; name: string }[])[0]!;
      expect(mountPath).toBe(data['LONGWIRE_APOLLO_BACKUP_DIR']);
      expect(template.spec.volumes).toEqual([{ name: 'apollo-backup', emptyDir: { sizeLimit: '64Mi' } }]);
      expect(template.spec.securityContext).toMatchObject({ fsGroup: 10_001 });
    }
  });
});
