import { rmSync } from 'node:fs';
import { endAll, workingBelow } from '../up/process-table.ts';

/** `node end-leftovers.ts DIR VARIABLE`: ends the servers that a test run has left behind, and removes its folder. */
const [dir = '', variable = ''] = process.argv.slice(2);

const left = await endAll(() => workingBelow(dir, variable), 3_000);
if (left > 0) process.stdout.write(`longwire: ended ${left} processes that the tests had left\n`);
rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
