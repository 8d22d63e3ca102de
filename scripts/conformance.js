import { join } from 'node:path';
import { installNpmPackages } from './setup/npm-packages.js';
import { runWithNode } from './setup/run-with-node.js';
import { exitWith, root } from './setup.js';

/** `npm run conformance`: gets the npm packages, then hands over to the part in TypeScript. */
try {
  const node = await installNpmPackages(root);
  process.exit(await runWithNode(node, [join(root, 'conformance/main.ts'), ...process.argv.slice(2)]));
} catch (error) {
  exitWith(error);
}
