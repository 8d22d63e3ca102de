import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

export interface BuiltPages {
  readonly dir: string;
  /** Bytes of all scripts, each gzipped. */
  scriptBytes(): number;
  remove(): void;
}

const root = join(import.meta.dirname, '../../../services/console/web');

/** The console's pages, built as for its image into a folder of their own. */
export async function buildPages(): Promise<BuiltPages> {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-pages-'));
  await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'error', build: { outDir: dir } });
  return {
    dir,
    scriptBytes: () =>
      readdirSync(join(dir, 'assets'))
        .filter((name) => name.endsWith('.js'))
        .reduce((sum, name) => sum + gzipSync(readFileSync(join(dir, 'assets', name))).length, 0),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
