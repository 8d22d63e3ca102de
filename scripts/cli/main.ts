import { runCli } from './run-cli.ts';

/** A reader that has gone away, as `head` does, wants no more. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
process.exitCode = await runCli(process.argv.slice(2), process);
