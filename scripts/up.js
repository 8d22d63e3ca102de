import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runWithNode } from './setup/run-with-node.js';
import { exitWith, root, setup } from './setup.js';

/** `npm run up`: gets this machine ready, then hands over to the part in TypeScript. */
const args = process.argv.slice(2);

try {
  const node = await setup({ kafka: runsKafka() ? 'needed' : 'none' });
  process.exit(await runWithNode(node, [join(root, 'scripts/up/main.ts'), ...args], { channel: true }));
} catch (error) {
  exitWith(error);
}

/** Asked for, or what the data folder was made with. */
function runsKafka() {
  const bus = givenFor('--bus');
  if (bus !== undefined) return bus === 'kafka';
  try {
    const installation = readFileSync(resolve(givenFor('--data') ?? '.longwire', 'installation.json'), 'utf8');
    return JSON.parse(installation).bus === 'kafka';
  } catch {
    return false;
  }
}

/** The value of `--flag VALUE` or `--flag=VALUE`; whether it makes sense is checked later. */
function givenFor(flag) {
  const joined = args.find((arg) => arg.startsWith(`${flag}=`));
  return joined ? joined.slice(flag.length + 1) : args[args.indexOf(flag) + 1 || args.length];
}
