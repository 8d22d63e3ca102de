import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { resultsIn } from '../../bench/result-file/read.ts';
import { performancePage } from './performance/page.ts';
import { plotOf } from './performance/plots.ts';

/** `node scripts/docs/performance.ts`: writes the tables of docs/performance.md and its plots from bench/results. */
const root = resolve(import.meta.dirname, '../..');
const page = join(root, 'docs/performance.md');
const plots = join(root, 'docs/performance');
const results = resultsIn(join(root, 'bench/results'));
writeFileSync(page, performancePage(readFileSync(page, 'utf8'), results));
mkdirSync(plots, { recursive: true });
for (const file of readdirSync(plots)) rmSync(join(plots, file));
for (const [name, result] of results) writeFileSync(join(plots, `${name}.svg`), plotOf(result));
