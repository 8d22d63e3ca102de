import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installNpmPackages } from './setup/npm-packages.js';
import { SetupError, say } from './setup/progress.js';
import { installSystemPackages } from './setup/system-packages.js';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** @typedef {'none' | 'wanted' | 'needed'} Want `wanted` goes on without it, with a line. */

/**
 * Makes this machine ready to run the project: npm packages, a Node 26, redis-server and mariadbd. Plain JavaScript
 * without dependencies, as it runs on whatever Node ≥ 20 is there before anything is installed.
 *
 * @param {{kafka: Want, javac?: Want, chromium?: Want, prometheus?: Want, containers?: Want}} options Kafka's Java and
 *   Maven, a Java compiler, a Chromium, a Prometheus, and an engine of containers.
 * @returns {Promise<string>} path of the Node binary that runs the project
 * @throws {SetupError} one line that says what is missing and how to get it
 */
export async function setup({ kafka, javac = 'none', chromium = 'none', prometheus = 'none', containers = 'none' }) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) throw new SetupError(`Node ${process.versions.node} is too old; install Node 20 or newer`);
  const node = await installNpmPackages(root);
  await installSystemPackages(['redis', 'mariadb']);
  await installIfAsked(kafka, 'Kafka', ['java', 'maven']);
  await installIfAsked(javac, 'the tests in Java', ['jdk', 'maven']);
  await installIfAsked(chromium, 'Chromium', ['chromium']);
  await installIfAsked(prometheus, 'Prometheus', ['prometheus']);
  await installIfAsked(containers, 'an engine of containers', ['docker', 'debootstrap']);
  return node;
}

async function installIfAsked(want, what, packages) {
  if (want === 'none') return;
  try {
    await installSystemPackages(packages);
  } catch (error) {
    if (want === 'needed' || !(error instanceof SetupError)) throw error;
    say(`going on without ${what}: ${error.message}`);
  }
}

/** Ends the process with one clear line for a fault that is explained, with the stack for one that isn't. */
export function exitWith(error) {
  process.stderr.write(error instanceof SetupError ? `longwire: ${error.message}\n` : `${error?.stack ?? error}\n`);
  process.exit(1);
}
