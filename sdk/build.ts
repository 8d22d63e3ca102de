import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = import.meta.dirname;

/** The SDK for browsers as one file without imports; fails if anything in it is not for browsers. */
export async function bundleForBrowsers(outfile: string): Promise<{ bytes: number; gzipBytes: number }> {
  await build({
    entryPoints: [join(root, 'src/index.ts')],
    outfile,
    bundle: true,
    minify: true,
    sourcemap: 'linked',
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'warning',
  });
  const code = await readFile(outfile);
  return { bytes: code.length, gzipBytes: gzipSync(code).length };
}

/** The modules and their types, one file each. */
function compile(outDir: string): void {
  const tsc = join(root, '../node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', outDir], {
    stdio: 'inherit',
  });
}

if (import.meta.main) {
  const dist = join(root, 'dist');
  rmSync(dist, { recursive: true, force: true });
  compile(dist);
  const { bytes, gzipBytes } = await bundleForBrowsers(join(dist, 'longwire.browser.js'));
  process.stdout.write(`longwire.browser.js: ${bytes} bytes, ${gzipBytes} gzipped\n`);
}
