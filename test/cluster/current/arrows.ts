import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/kubernetes/render.ts';

export interface Arrow {
  from: string;
  to: string;
  /** The first of those in the table. */
  port: number;
  policies: string[];
}

/** The rows of the table in docs/networking.md, which test/k8s/networking.test.ts compares with the manifests. */
export function arrowsOf(): Arrow[] {
  const text = readFileSync(join(root, 'docs/networking.md'), 'utf8');
  const rows = text.matchAll(/^\| (\S+) \| (\S+) \| ([\d, -]+) \| TCP \| [^|]+ \| ([^|]+) \|$/gm);
  return [...rows].map(([, from, to, ports, policies]) => ({
    ...{ from: from!, to: to!, port: Number.parseInt(ports!, 10) },
    policies: [...policies!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
  }));
}
