import { OptionError } from './core/option-error.ts';
import { type LoadOptions, parseOptions } from './core/options.ts';
import { summaryOf } from './core/summary.ts';
import { watchInterrupts } from './edges/interrupts.ts';
import { checkSourceAddresses } from './edges/local-addresses.ts';
import { progressOutput } from './edges/progress-output.ts';
import { checkReportFiles, writeReportFiles } from './edges/report-files.ts';
import { openFilesLimit, surroundings } from './edges/surroundings.ts';
import { LoadError } from './load-error.ts';
import { runLoad } from './run-load.ts';
import { usage } from './usage.ts';

/** `npm run load`. Exits 0 if every comparison of `--slo` holds, 1 if not or if the load could not be run, 2 for a wrong option. */
try {
  const options = parseOptions(process.argv.slice(2), surroundings);
  if (options === 'help') process.stdout.write(usage);
  else await load(options);
} catch (error) {
  if (!(error instanceof OptionError || error instanceof LoadError)) throw error;
  process.stderr.write(`longwire: ${error.message}\n`);
  process.exitCode = error instanceof OptionError ? 2 : 1;
}

async function load(options: LoadOptions): Promise<void> {
  const { shape, target } = options;
  checkReportFiles(options);
  checkOpenFiles(options);
  await checkSourceAddresses(shape.sourceAddresses);
  process.stdout.write(
    `${shape.devices} devices in ${shape.processes} processes to ${target.ws}, pushes to ${target.api}, seed ${shape.seed}\n`,
  );
  const output = progressOutput(process.stdout);
  const report = await runLoad(options, { interrupts: watchInterrupts(), progress: output.show }).finally(output.end);
  process.stdout.write(summaryOf(report));
  writeReportFiles(report, options);
  process.exitCode = report.ok ? 0 : 1;
}

/** Besides the devices: connections to the API, and what a process has open anyway. */
function checkOpenFiles({ shape }: LoadOptions): void {
  const needed = Math.ceil(shape.devices / shape.processes) + 1_100;
  const limit = openFilesLimit();
  if (limit === undefined || needed <= limit) return;
  throw new OptionError(
    `--processes ${shape.processes}: each would have ${needed} files open; allowed are ${limit} (ulimit -n) on this machine, so more processes or a higher limit`,
  );
}
