import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Manifest, render } from '../../../scripts/kubernetes/render.ts';
import { renderedFolders } from '../../k8s/folders.ts';
import { serverOf } from '../../rigs/kubernetes/server.ts';
import type { Documented } from './documented-system.ts';

const namespace = 'longwire-dry-run';
/** The Job of migrations has its version in its name. */
const tolerated = /^Warning: metadata.name: .* a DNS label is recommended/;

/** All that is rendered, as the API server of this cluster takes it; `test/k8s` holds the same to schemas without a cluster. */
export function describeDryRuns(documented: () => Documented, say: (line: string) => void): void {
  describe('every manifest', () => {
    beforeAll(async () => {
      const labels = Object.fromEntries(
        ['enforce', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']),
      );
      const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } };
      await documented().kubectl.run(['apply', '-f', '-'], { input: JSON.stringify(space) });
      return async () => void (await documented().kubectl.run(['delete', 'namespace', namespace]));
    });

    test.each(renderedFolders)('of %s is taken by the server, without a warning', async (folder) => {
      const { kubectl, operator } = documented();
      const all = render(folder);
      const server = await serverOf(kubectl, all);
      const known = all.filter(({ apiVersion, kind }) => server.serves(apiVersion, kind));
      const unknown = new Set(
        all.filter((one) => !known.includes(one)).map(({ apiVersion, kind }) => `${kind} of ${apiVersion}`),
      );
      if (unknown.size > 0) say(`${folder}: not tried, as nobody serves it here: ${[...unknown].join(', ')}`);
      if (known.length === 0) return;
      const items = known.map(inNamespace);
      writeFileSync(join(operator.folder, 'dry-run.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
      const said = (await operator.shell('kubectl apply --dry-run=server -f dry-run.json 2>&1')).trim().split('\n');
      const warnings = said.filter((line) => !line.endsWith('(server dry run)') && !tolerated.test(line));
      expect(warnings).toEqual([]);
      expect(said.filter((line) => line.endsWith('(server dry run)')).length).toBe(items.length);
    });
  });
}

function inNamespace(manifest: Manifest): Manifest {
  const { metadata } = manifest;
  return metadata.namespace === undefined ? manifest : { ...manifest, metadata: { ...metadata, namespace } };
}
