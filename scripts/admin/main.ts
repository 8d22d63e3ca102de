import { busAdminCalls } from '../../services/common/protocol/bus-admin-calls.ts';
import { rebalanceCalls } from '../../services/common/protocol/rebalance-calls.ts';
import { userMysqlCalls } from '../../services/common/protocol/user-mysql-calls.ts';
import { createClient } from '../../services/common/rpc/client.ts';
import { AdminError } from './admin-error.ts';
import { type AdminOptions, parseAdminArgs } from './args.ts';
import type { BusCommand, Command, RebalanceCommand } from './command.ts';
import { describe } from './describe.ts';
import { rebalance } from './rebalance.ts';
import { type Outcome, runCommand } from './run-command.ts';
import { findCm, findTarget } from './target.ts';
import { usage } from './usage.ts';

/** `npm run admin`: one command on the apps, the bus or the cms of a system. Exits 0 if it is done, else 1 with one line that says why. */
try {
  const options = parseAdminArgs(process.argv.slice(2));
  if (options === 'help') process.stdout.write(usage);
  else if (options.command.do === 'rebalance') await onCm(options, options.command);
  else await onUserMysql(options, options.command);
} catch (error) {
  if (!(error instanceof AdminError)) throw error;
  process.stderr.write(`longwire: ${error.message}\n`);
  process.exitCode = 1;
}

async function onUserMysql(options: AdminOptions, command: Command | BusCommand): Promise<void> {
  const target = findTarget(options.userMysql, options.dataDir, process.env);
  const client = createClient(userMysqlCalls, target);
  // Reading a whole topic takes a while.
  const bus = createClient(busAdminCalls, { ...target, tryMs: 30_000 });
  try {
    tell(options, await runCommand(client.calls, bus.calls, command));
  } finally {
    await Promise.all([client.close(), bus.close()]);
  }
}

async function onCm(options: AdminOptions, command: RebalanceCommand): Promise<void> {
  const client = createClient(rebalanceCalls, findCm(options.cm, options.dataDir, process.env));
  try {
    tell(options, { run: await rebalance(client.calls, command) });
  } finally {
    await client.close();
  }
}

function tell({ json }: AdminOptions, outcome: Outcome): void {
  process.stdout.write(json ? `${JSON.stringify(outcome, null, 2)}\n` : describe(outcome, Date.now()));
}
