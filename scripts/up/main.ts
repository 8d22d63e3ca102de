import { parseUpArgs, type UpOptions, usage } from './args.ts';
import { takeDataFolder } from './data-folder.ts';
import { startDemo } from './demo.ts';
import { endAll, startedFor } from './process-table.ts';
import { say, UpError } from './say.ts';
import { listenForStop } from './stop-requests.ts';
import { summary } from './summary.ts';
import { prepareUp } from './up.ts';

/** `up`: runs the whole system on this machine until it is told to stop. Exits 0 then, 1 if it could not start. */
async function main(options: UpOptions): Promise<void> {
  const requests = listenForStop();
  const folder = await takeDataFolder(options.dataDir);
  // Whatever happens, nothing that was started stays, and the folder is free again.
  const leave = async (graceMs: number, code: number): Promise<never> => {
    await endAll(() => startedFor(folder.path), graceMs);
    folder.release();
    process.exit(code);
  };
  void requests.hurry.then(() => leave(0, 1));
  process.on('uncaughtException', (error) => {
    complain(error);
    void leave(5_000, 1);
  });
  let stop = async (): Promise<void> => {};
  let code = 0;
  try {
    const up = await Promise.race([prepareUp(options, folder), requests.first]);
    if (up) {
      stop = up.stop;
      const run = await Promise.race([up.start(), requests.first]);
      if (run) {
        process.stdout.write(summary(run, folder.path));
        if (options.demo)
          stop = await Promise.race([startDemo(run, up, folder.path), requests.first.then(() => up.stop)]);
        else process.stdout.write('\nCtrl-C stops everything and keeps the data.\n');
        await requests.first;
      }
    }
    say('stopping (once more Ctrl-C hurries) …');
  } catch (error) {
    complain(error);
    code = 1;
  }
  folder.announceStop();
  await stop();
  if (code === 0) say('stopped');
  await leave(2_000, code);
}

function complain(error: unknown): void {
  const text = error instanceof UpError ? `longwire: ${error.message}` : String((error as Error)?.stack ?? error);
  process.stderr.write(`${text}\n`);
}

// A terminal that has gone must not keep the system from being taken down.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
try {
  const options = parseUpArgs(process.argv.slice(2));
  if (options === 'help') process.stdout.write(usage);
  else await main(options);
} catch (error) {
  complain(error);
  process.exit(1);
}
