import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chartFiles, chartFolder } from '../../scripts/helm/chart-files.ts';
import { kustomizeMissing, root } from '../../scripts/kubernetes/render.ts';

const missing = kustomizeMissing();

describe.skipIf(missing)(`files of the Helm chart${missing ? `: ${missing}` : ''}`, () => {
  test('they are what the manifests make (node scripts/helm/chart.ts writes them)', { timeout: 30_000 }, () => {
    const made = chartFiles();
    const written = Object.keys(made).map((path) => [path, readFileSync(join(root, chartFolder, path), 'utf8')]);
    expect(Object.fromEntries(written)).toEqual(made);
  });
});
