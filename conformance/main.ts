import { Broken } from './check.ts';
import { runClient } from './client/run-client.ts';
import { OptionError, type Options, parseOptions } from './options.ts';
import { documentOf, lineOf, type Result, summaryOf } from './report.ts';
import { runServer } from './server/run-server.ts';
import { usage } from './usage.ts';

/** `npm run conformance`. Exits 0 if every rule that was checked holds, 1 if not or if none could be checked, 2 for a wrong option. */
try {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options.mode === 'help') process.stdout.write(usage);
  else process.exitCode = await conformance(options);
} catch (error) {
  if (!(error instanceof OptionError || error instanceof Broken)) throw error;
  process.stderr.write(`longwire: ${error.message}\n`);
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
// What a check has left open is of no use any more.
process.exit();

async function conformance(options: Exclude<Options, { mode: 'help' }>): Promise<number> {
  const { json, mode } = options;
  const done = (result: Result): void => {
    if (!json) process.stdout.write(lineOf(result));
  };
  const { tested, results } =
    mode === 'server'
      ? { tested: options.target.url, results: await runServer({ ...options, done }) }
      : await runClient({ ...options, done });
  if (json) process.stdout.write(`${JSON.stringify(documentOf(mode, tested, results), null, 2)}\n`);
  else process.stdout.write(`\n${tested}: ${summaryOf(results)}`);
  const checked = results.filter(({ outcome }) => outcome.is !== 'not checked');
  return checked.length > 0 && checked.every(({ outcome }) => outcome.is === 'passed') ? 0 : 1;
}
