import { busAdminCalls } from '../../../services/common/protocol/bus-admin-calls.ts';
import { rebalanceCalls } from '../../../services/common/protocol/rebalance-calls.ts';
import { userMysqlCalls } from '../../../services/common/protocol/user-mysql-calls.ts';
import { createClient } from '../../../services/common/rpc/client.ts';
import { type Answer, argumentsOf, type CommandSpec, type Given, wordsOf } from '../command-spec.ts';
import { readCredentialsFile } from '../edges/credentials-file.ts';
import type { Session } from '../session.ts';
import { need } from '../target/target.ts';
import { type BusCommand, type Command, commandOf, type RebalanceCommand } from './command.ts';
import { describe } from './describe.ts';
import { rebalance } from './rebalance.ts';
import { type Outcome, runCommand } from './run-command.ts';

/** Reading a whole topic takes a while. */
const busCallMs = 30_000;

/** What a command asks for. @throws UsageError, one line that names what is allowed. */
export function asked(spec: CommandSpec, given: Given): Command | BusCommand | RebalanceCommand {
  const words = [...wordsOf(spec), ...argumentsOf(spec).flatMap(({ name }) => given.many(name))];
  const flags = { secret: given.text('secret'), grace: given.text('grace') };
  return commandOf(words, { ...flags, perSecond: given.text('per-second'), share: given.text('share') });
}

/** Does what a command asks for. @throws CliError */
export async function runAdmin(spec: CommandSpec, given: Given, session: Session): Promise<Answer> {
  const command = asked(spec, given);
  const target = session.target();
  const secret = need(target, 'internalSecret');
  if (command.do === 'rebalance') {
    const client = createClient(rebalanceCalls, { url: need(target, 'cm'), secret });
    try {
      return answered({ run: await rebalance(client.calls, command) }, session);
    } finally {
      await client.close();
    }
  }
  const url = need(target, 'userMysql');
  const client = createClient(userMysqlCalls, { url, secret });
  const bus = createClient(busAdminCalls, { url, secret, tryMs: busCallMs });
  try {
    return answered(await runCommand(client.calls, bus.calls, command, readCredentialsFile), session);
  } finally {
    await Promise.all([client.close(), bus.close()]);
  }
}

function answered(outcome: Outcome, session: Session): Answer {
  return { document: outcome, text: describe(outcome, session.now()) };
}
