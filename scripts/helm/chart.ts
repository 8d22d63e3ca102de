import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../kubernetes/render.ts';
import { chartFiles, chartFolder } from './chart-files.ts';

/** `node scripts/helm/chart.ts`: writes what of the Helm chart is made of the manifests in k8s/. Needs kubectl with kustomize 5. */
for (const [path, text] of Object.entries(chartFiles())) writeFileSync(join(root, chartFolder, path), text);
