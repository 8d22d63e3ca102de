import { busAdminCalls } from '../../services/common/protocol/bus-admin-calls.ts';
import { userMysqlCalls } from '../../services/common/protocol/user-mysql-calls.ts';
import { createClient } from '../../services/common/rpc/client.ts';
import { AdminError } from './admin-error.ts';
import { parseAdminArgs } from './args.ts';
import { describe } from './describe.ts';
import { runCommand } from './run-command.ts';
import { findTarget } from './target.ts';
import { usage } from './usage.ts';

/** `npm run admin`: one command on the apps or the bus of a system. Exits 0 if it is done, else 1 with one line that says why. */
try {
  const options = parseAdminArgs(process.argv.slice(2));
  if (options === 'help') process.stdout.write(usage);
  else {
    const target = findTarget(options.userMysql, options.dataDir, process.env);
    const client = createClient(userMysqlCalls, target);
    // Reading a whole topic takes a while.
    const bus = createClient(busAdminCalls, { ...target, tryMs: 30_000 });
    try {
      const outcome = await runCommand(client.calls, bus.calls, options.command);
      process.stdout.write(options.json ? `${JSON.stringify(outcome, null, 2)}\n` : describe(outcome, Date.now()));
    } finally {
      await Promise.all([client.close(), bus.close()]);
    }
  }
} catch (error) {
  if (!(error instanceof AdminError)) throw error;
  process.stderr.write(`longwire: ${error.message}\n`);
  process.exitCode = 1;
}
