import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const root = import.meta.dirname;

/** Classes with `#private` are younger than the oldest browsers, and their stand-ins are large: in bundles they are plain, short names. */
const plainPrivates: Plugin = {
  name: 'plain privates',
  setup(bundling) {
    bundling.onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(/#([a-z]\w*)/g, '_$1'),
      loader: 'ts',
    }));
  },
};

/** Syntax of the oldest browsers that the SDK is for, Safari 14 and Chrome 80, is ES2020. */
const forBrowsers: BuildOptions = {
  bundle: true,
  minify: true,
  mangleProps: /^_[a-z]/,
  sourcemap: 'linked',
  platform: 'browser',
  target: 'es2020',
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
  plugins: [plainPrivates],
  logLevel: 'warning',
};

/** One entry of the SDK for browsers as one file without imports; fails if anything in it is not for browsers. */
export async function bundleForBrowsers(
  outfile: string,
  entry = 'index',
  options: Pick<BuildOptions, 'format' | 'globalName'> = { format: 'esm' },
): Promise<{ bytes: number; gzipBytes: number }> {
  await build({ ...forBrowsers, ...options, entryPoints: [join(root, `src/${entry}.ts`)], outfile });
  const code = await readFile(outfile);
  return { bytes: code.length, gzipBytes: gzipSync(code).length };
}

/** For `importScripts`: what a worker calls is in the global `longwire`. */
export function bundleForWorkers(outfile: string): Promise<{ bytes: number; gzipBytes: number }> {
  return bundleForBrowsers(outfile, 'service-worker', { format: 'iife', globalName: 'longwire' });
}

/** All that is published, in `dist`. */
export async function buildPackage(dist: string): Promise<void> {
  rmSync(dist, { recursive: true, force: true });
  const tsc = join(root, '../node_modules/typescript/bin/tsc');
  for (const [config, folder] of [
    ['tsconfig.build.json', 'esm'],
    ['tsconfig.cjs.json', 'cjs'],
  ] as const) {
    const args = [tsc, '-p', join(root, config), '--outDir', join(dist, folder)];
    execFileSync(process.execPath, args, { stdio: 'inherit' });
  }
  // Of a package of ES modules: so that Node takes these for what they are.
  writeFileSync(join(dist, 'cjs/package.json'), '{ "type": "commonjs", "sideEffects": false }\n');
  const sizes = {
    'longwire.browser.js': await bundleForBrowsers(join(dist, 'longwire.browser.js')),
    'longwire.service-worker.js': await bundleForWorkers(join(dist, 'longwire.service-worker.js')),
  };
  for (const [name, { bytes, gzipBytes }] of Object.entries(sizes)) {
    process.stdout.write(`${name}: ${bytes} bytes, ${gzipBytes} gzipped\n`);
  }
}

if (import.meta.main) await buildPackage(join(root, 'dist'));
