import { parseArgs } from 'node:util';
import { AdminError } from './admin-error.ts';
import { type BusCommand, type Command, commandOf, type RebalanceCommand } from './command.ts';

export interface AdminOptions {
  command: Command | BusCommand | RebalanceCommand;
  /** Given by flag; undefined: the environment or the data folder says. */
  userMysql: string | undefined;
  cm: string | undefined;
  dataDir: string;
  json: boolean;
}

/** @throws AdminError, one line that names what is allowed. */
export function parseAdminArgs(args: string[]): AdminOptions | 'help' {
  const { values, positionals } = parsed(args);
  if (values.help || positionals.length === 0) return 'help';
  const { secret, grace, share, 'per-second': perSecond } = values;
  return {
    command: commandOf(positionals, { secret, grace, share, perSecond }),
    userMysql: values['user-mysql'],
    cm: values.cm,
    dataDir: values.data ?? '.longwire',
    json: values.json ?? false,
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      strict: true,
      allowPositionals: true,
      options: {
        secret: { type: 'string' },
        grace: { type: 'string' },
        'per-second': { type: 'string' },
        share: { type: 'string' },
        cm: { type: 'string' },
        'user-mysql': { type: 'string' },
        data: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    const what = (error as Error).message.split('. ')[0];
    throw new AdminError(
      `${what}; allowed are --secret, --grace, --per-second, --share, --user-mysql, --cm, --data, --json and --help`,
    );
  }
}
