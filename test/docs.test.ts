import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, normalize, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resultsIn } from '../bench/result-file/read.ts';
import { apiPage, callsOn } from '../scripts/docs/api-page.ts';
import { boundsOf, valuesOf } from '../scripts/docs/bounds.ts';
import { configurationPage } from '../scripts/docs/configuration-tables.ts';
import { anchorsOf, filesNamedIn, linksOf, pagesOf } from '../scripts/docs/markdown.ts';
import { kindsOn, performancePage } from '../scripts/docs/performance/page.ts';
import { plotOf } from '../scripts/docs/performance/plots.ts';
import {
  clientFrames,
  closeCodes,
  errorCodesOfFrames,
  serverFrames,
} from '../services/common/protocol/device-frames.ts';
import { endpoints } from '../services/im/api/endpoints.ts';

const root = resolve(import.meta.dirname, '..');
const pages = pagesOf(root);
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

test('docs/configuration.md is what the schemas of the services make (node scripts/docs/configuration.ts writes it)', async () => {
  expect(read('docs/configuration.md')).toBe(await configurationPage(root));
});

describe('links and files', () => {
  test('there are pages to look at, with links and named files', () => {
    expect(pages.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['README.md', 'docs/api.md', 'sdk/README.md']),
    );
    expect(pages.flatMap(({ text }) => linksOf(text)).length).toBeGreaterThan(20);
    expect(filesNamedIn(read('docs/architecture.md')).length).toBeGreaterThan(40);
  });

  test('every relative link leads to a file, and its anchor to a heading of that page', () => {
    const broken = pages.flatMap(({ path, text }) =>
      linksOf(text)
        .filter((link) => !/^[a-z]+:/.test(link) && !leads(path, link))
        .map((link) => `${path}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  test('every file that a page names exists', () => {
    const missing = pages.flatMap(({ path, text }) =>
      filesNamedIn(text)
        .filter((file) => !existsSync(join(root, file)))
        .map((file) => `${path}: ${file}`),
    );
    expect(missing).toEqual([]);
  });

  function leads(from: string, link: string): boolean {
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? from : normalize(join(from, '..', file));
    if (!existsSync(join(root, target))) return false;
    return anchor === undefined || anchorsOf(read(target)).includes(anchor);
  }
});

describe('docs/architecture.md', () => {
  test('every bound has the value that the code gives it', () => {
    const bounds = boundsOf(read('docs/architecture.md'));
    expect(bounds.length).toBeGreaterThan(50);
    const wrong = bounds.filter(
      ({ stated, name, file }) => stated === undefined || !valuesOf(read(file), name).includes(stated),
    );
    expect(wrong.map(({ row }) => row)).toEqual([]);
  });
});

describe('docs/api.md', () => {
  test('every call of the API has its section: `<!-- call NAME -->` and `<!-- end -->`', () => {
    expect(callsOn(read('docs/api.md')).sort()).toEqual(endpoints.map(({ name }) => name).sort());
  });

  test('its calls are what their declarations make (node scripts/docs/api.ts writes them)', () => {
    const text = read('docs/api.md');
    expect(text).toBe(apiPage(text, endpoints));
    for (const { method, path } of endpoints) {
      expect(text).toContain(`**\`${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}\`**`);
    }
  });
});

describe('docs/performance.md', () => {
  const results = resultsIn(join(root, 'bench/results'));

  test('it has a block of each kind of results, made of bench/results (npm run docs:performance writes them)', () => {
    const text = read('docs/performance.md');
    expect(kindsOn(text)).toEqual(['push', 'connections', 'broadcast', 'flatness', 'scaling']);
    expect(text).toBe(performancePage(text, results));
  });

  test('its plots are those of bench/results, and no others', () => {
    const plots = new Map([...results].map(([name, result]) => [`${name}.svg`, plotOf(result)]));
    expect(readdirSync(join(root, 'docs/performance')).sort()).toEqual([...plots.keys()].sort());
    for (const [file, plot] of plots) expect(read(`docs/performance/${file}`)).toBe(plot);
  });
});

describe('docs/protocol.md', () => {
  test('every frame, close code and error code is there', () => {
    const text = read('docs/protocol.md');
    const names = [...Object.keys(clientFrames), ...Object.keys(serverFrames), ...errorCodesOfFrames];
    expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
    expect(Object.values(closeCodes).filter((code) => !text.includes(`| ${code} |`))).toEqual([]);
  });
});
