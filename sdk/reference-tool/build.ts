import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The entries of the package that apps import. */
const entries = ['index', 'tabs', 'node', 'indexeddb', 'react-native', 'service-worker', 'web-push'];

/** What no app has a use for by name. */
const unnamed = ['deviceErrorCodes', 'PushManagerOwner', 'WindowClient'].flatMap((name) => [
  '--intentionallyNotExported',
  name,
]);

/**
 * Writes the reference of the SDK, made from its comments, as pages into a folder.
 *
 * @throws Error if TypeDoc finds a fault, such as a link that leads nowhere.
 */
export function buildReference(out: string): void {
  const here = import.meta.dirname;
  const sdk = join(here, '..');
  const typedoc = join(here, 'node_modules/typedoc/bin/typedoc');
  if (!existsSync(typedoc)) {
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: here, stdio: 'inherit' });
  }
  const args = [
    typedoc,
    '--out',
    out,
    '--tsconfig',
    join(sdk, 'tsconfig.build.json'),
    '--readme',
    join(sdk, 'README.md'),
  ];
  const options = [
    '--name',
    '@longwire/sdk',
    '--disableSources',
    '--excludePrivate',
    '--hideGenerator',
    '--skipErrorChecking',
  ];
  const sources = entries.map((name) => join(sdk, `src/${name}.ts`));
  execFileSync(process.execPath, [...args, ...options, '--treatValidationWarningsAsErrors', ...unnamed, ...sources], {
    cwd: sdk,
    stdio: 'inherit',
  });
}

if (import.meta.main) buildReference(join(import.meta.dirname, '../reference'));
