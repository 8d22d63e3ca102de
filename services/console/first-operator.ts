import type { Logger } from '../common/log.ts';
import type { UserMysqlCalls } from '../common/protocol/user-mysql-calls.ts';
import type { Client } from '../common/rpc/contract.ts';
import { untilDone } from '../common/until-done.ts';
import type { Passwords } from './passwords.ts';

export interface FirstOperator {
  firstOperator: string;
  firstPassword?: string;
  forcePasswordChange: boolean;
}

/** Makes the first operator, if there is none and a password is given. Tries until user-mysql answers. */
export async function makeFirstOperator(
  mysql: Pick<Client<UserMysqlCalls>, 'createFirstOperator'>,
  passwords: Passwords,
  { firstOperator: name, firstPassword, forcePasswordChange: mustChange }: FirstOperator,
  log: Logger,
  stopping: AbortSignal,
): Promise<void> {
  if (firstPassword === undefined) return;
  const passwordHash = await passwords.hash(firstPassword);
  const make = () => mysql.createFirstOperator({ name, passwordHash, mustChange });
  const made = await untilDone('make the first operator', make, log, stopping);
  if (made?.operator) log.info({ operator: name }, 'the first operator is made');
}
