import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installNpmPackages } from './setup/npm-packages.js';
import { SetupError, say } from './setup/progress.js';
import { installSystemPackages } from './setup/system-packages.js';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Makes this machine ready to run the project: npm packages, a Node 26, redis-server and mariadbd. Plain JavaScript
 * without dependencies, as it runs on whatever Node ≥ 20 is there before anything is installed.
 *
 * @param {{kafka: 'none' | 'wanted' | 'needed'}} options Kafka's Java and Maven: `wanted` goes on without them, with a line.
 * @returns {Promise<string>} path of the Node binary that runs the project
 * @throws {SetupError} one line that says what is missing and how to get it
 */
export async function setup({ kafka }) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) throw new SetupError(`Node ${process.versions.node} is too old; install Node 20 or newer`);
  const node = await installNpmPackages(root);
  await installSystemPackages(['redis', 'mariadb']);
  if (kafka === 'needed') await installSystemPackages(['java', 'maven']);
  if (kafka === 'wanted') {
    await installSystemPackages(['java', 'maven']).catch((error) => {
      if (!(error instanceof SetupError)) throw error;
      say(`going on without Kafka: ${error.message}`);
    });
  }
  return node;
}

/** Ends the process with one clear line for a fault that is explained, with the stack for one that isn't. */
export function exitWith(error) {
  process.stderr.write(error instanceof SetupError ? `longwire: ${error.message}\n` : `${error?.stack ?? error}\n`);
  process.exit(1);
}
