import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Of the project's own: a folder that all users share could hold another's code.
enableCompileCache(fileURLToPath(new URL('../../.cache/compile', import.meta.url)));
const { runCli } = await import('./run-cli.ts');

/** A reader that has gone away, as `head` does, wants no more. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
/** Nobody who runs a command can do anything about the timers of a library: kafkajs has one that says so each time. */
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (warning.name !== 'TimeoutNegativeWarning')
    process.stderr.write(`longwire: ${warning.name}: ${warning.message}\n`);
});
process.exitCode = await runCli(process.argv.slice(2), process);
