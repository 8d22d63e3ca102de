import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type RunFile, runFileOf } from '../up/run-file.ts';
import { AdminError } from './admin-error.ts';

/** Which user-mysql a command speaks to, and what opens it. */
export interface Target {
  url: string;
  secret: string;
}

/**
 * By flag or environment, else the system of the data folder. A secret never comes as a flag: others on the machine could
 * read it.
 *
 * @throws AdminError that says what is missing.
 */
export function findTarget(given: string | undefined, dataDir: string, env: NodeJS.ProcessEnv): Target {
  const url = given ?? env['LONGWIRE_USER_MYSQL_URL'];
  if (url === undefined) return fromRunFile(resolve(dataDir));
  if (!URL.canParse(url) || new URL(url).protocol !== 'http:') {
    throw new AdminError(`${url}: user-mysql's address is http://host:port`);
  }
  const [secret = ''] = (env['LONGWIRE_INTERNAL_SECRETS'] ?? '').split(',');
  if (secret === '') throw new AdminError('LONGWIRE_INTERNAL_SECRETS must hold the secret of internal calls');
  return { url, secret: secret.trim() };
}

function fromRunFile(dataDir: string): Target {
  let run: RunFile;
  try {
    run = JSON.parse(readFileSync(runFileOf(dataDir), 'utf8')) as RunFile;
  } catch {
    throw new AdminError(`nothing is up in ${dataDir}; start it with npm run up, or name one with --user-mysql`);
  }
  return { url: run.internal.userMysql, secret: run.internal.secret };
}
