import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPackage } from '../build.ts';

const root = join(import.meta.dirname, '..');
const dir = mkdtempSync(join(tmpdir(), 'longwire-package-'));
/** A project that has installed the package. */
const project = join(dir, 'project');
const installed = join(project, 'node_modules/@longwire/sdk');
let files: string[];

const node = (args: string[]) => execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8' });

beforeAll(async () => {
  const source = join(dir, 'sdk');
  for (const name of ['package.json', 'README.md', 'LICENSE', 'src', 'examples']) {
    cpSync(join(root, name), join(source, name), { recursive: true });
  }
  await buildPackage(join(source, 'dist'));
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', dir], {
    ...{ cwd: source, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  });
  const listed = JSON.parse(packed) as unknown;
  const [{ filename, files: inside }] = (Array.isArray(listed) ? listed : Object.values(listed as object)) as [
    { filename: string; files: { path: string }[] },
  ];
  files = inside.map(({ path }) => path);
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(dir, filename), '--strip-components=1', '-C', installed]);
  writeFileSync(join(project, 'package.json'), '{ "private": true }');
}, 120_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Every file that `exports`, `main` and so on name. */
function namedFiles(value: unknown): string[] {
  if (typeof value === 'string') return value.startsWith('./') ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(namedFiles) : [];
}

describe('the published package', () => {
  it('has the licence, where it comes from, and every file that it names', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).toMatchObject({ license: 'Apache-2.0', repository: { directory: 'sdk' }, sideEffects: false });
    expect(manifest).not.toHaveProperty('private');
    expect(manifest).not.toHaveProperty('dependencies');
    const named = namedFiles(manifest);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((path) => !existsSync(join(installed, path)))).toEqual([]);
  });

  it('holds modules, types, source maps, sources and examples, and no tests', () => {
    const folders = new Set(files.map((path) => path.split('/').slice(0, 2).join('/')));
    for (const name of ['README.md', 'LICENSE', 'package.json', 'dist/esm', 'dist/cjs', 'examples/page']) {
      expect(folders).toContain(name);
    }
    expect(files.filter((path) => /\.test\.|testing\/|tsconfig|build\.ts|node_modules|\.tgz/.test(path))).toEqual([]);
    const modules = files.filter((path) => /^dist\/(esm|cjs)\/.*\.js$/.test(path));
    expect(modules.length).toBeGreaterThan(60);
    for (const path of modules) {
      expect(files).toContain(`${path}.map`);
      expect(files).toContain(path.replace(/\.js$/, '.d.ts'));
    }
  });

  const entries = ['', '/node', '/tabs', '/indexeddb', '/react-native', '/service-worker', '/web-push'];

  it('can be imported and required by every name, and both ways give the same names', () => {
    const shown = `console.log(JSON.stringify(Object.keys(sdk).filter((name) => !/^(default|module.exports|__esModule)$/.test(name)).sort()))`;
    for (const entry of entries) {
      const name = `@longwire/sdk${entry}`;
      const imported = node(['--input-type=module', '-e', `import * as sdk from '${name}'; ${shown}`]);
      const required = node(['--input-type=commonjs', '-e', `const sdk = require('${name}'); ${shown}`]);
      expect(required).toBe(imported);
      expect(JSON.parse(imported)).not.toEqual([]);
    }
  });

  it.each([
    ['react-native', '/sdk/dist/cjs/index.js'],
    ['browser', '/sdk/dist/esm/index.js'],
    ['worker', '/sdk/dist/esm/index.js'],
    ['node', '/sdk/dist/esm/index.js'],
  ])('resolves under the condition %s to its file', (condition, file) => {
    const resolve = `console.log(import.meta.resolve('@longwire/sdk'), import.meta.resolve('@longwire/sdk/react-native'))`;
    const [index, reactNative] = node(['-C', condition, '--input-type=module', '-e', resolve]).trim().split(' ');
    expect(index).toMatch(new RegExp(`${file}$`));
    expect(reactNative).toMatch(/\/react-native\.js$/);
  });

  it('has types for the examples: React Native by its condition, Node, CommonJS', () => {
    cpSync(join(root, 'examples'), join(project, 'examples'), { recursive: true });
    writeFileSync(
      join(project, 'old.cts'),
      `import sdk = require('@longwire/sdk');\nimport tabs = require('@longwire/sdk/tabs');\nexport const error: sdk.DeviceError = new sdk.DeviceError('offline', 'x');\nexport const connect: typeof tabs.connectTabs = tabs.connectTabs;\n`,
    );
    symlinkSync(join(root, '../node_modules/@types'), join(project, 'node_modules/@types'));
    const tsc = join(root, '../node_modules/typescript/bin/tsc');
    const check = (name: string, options: object, include: string[]) => {
      const compilerOptions = {
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        target: 'es2020',
        types: [],
        ...options,
      };
      writeFileSync(join(project, name), JSON.stringify({ compilerOptions, include }));
      return execFileSync(process.execPath, [tsc, '-p', join(project, name)], { encoding: 'utf8' });
    };
    const reactNative = { moduleResolution: 'bundler', module: 'esnext', customConditions: ['react-native'] };
    expect(check('rn.json', { ...reactNative, lib: ['es2020', 'dom'] }, ['examples/react-native/push.ts'])).toBe('');
    expect(check('cts.json', { module: 'nodenext', lib: ['es2020', 'dom'] }, ['old.cts'])).toBe('');
  }, 60_000);
});
