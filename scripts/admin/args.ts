import { parseArgs } from 'node:util';
import { AdminError } from './admin-error.ts';
import { type BusCommand, type Command, commandOf } from './command.ts';

export interface AdminOptions {
  command: Command | BusCommand;
  /** Given by flag; undefined: the environment or the data folder says. */
  userMysql: string | undefined;
  dataDir: string;
  json: boolean;
}

/** @throws AdminError, one line that names what is allowed. */
export function parseAdminArgs(args: string[]): AdminOptions | 'help' {
  const { values, positionals } = parsed(args);
  if (values.help || positionals.length === 0) return 'help';
  const { secret, grace } = values;
  return {
    command: commandOf(positionals, { secret, grace }),
    userMysql: values['user-mysql'],
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
        'user-mysql': { type: 'string' },
        data: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    const what = (error as Error).message.split('. ')[0];
    throw new AdminError(`${what}; allowed are --secret, --grace, --user-mysql, --data, --json and --help`);
  }
}
