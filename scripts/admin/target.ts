import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type RunFile, runFileOf } from '../up/run-file.ts';
import { AdminError } from './admin-error.ts';

/** Which user-mysql or cm a command speaks to, and what opens it. */
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
  if (url !== undefined) return opened(url, 'user-mysql', env);
  const { internal } = readRunFile(resolve(dataDir), '--user-mysql');
  return { url: internal.userMysql, secret: internal.secret };
}

/** A cm for calls that any one of them answers. By flag, else of the system of the data folder. @throws AdminError */
export function findCm(given: string | undefined, dataDir: string, env: NodeJS.ProcessEnv): Target {
  if (given !== undefined) return opened(given, 'cm', env);
  const { internal, processes } = readRunFile(resolve(dataDir), '--cm');
  const metrics = processes.find(({ role }) => role === 'cm')?.metrics;
  if (!metrics) throw new AdminError('no cm runs');
  return { url: new URL(metrics).origin, secret: internal.secret };
}

function opened(url: string, role: string, env: NodeJS.ProcessEnv): Target {
  if (!URL.canParse(url) || new URL(url).protocol !== 'http:') {
    throw new AdminError(`${url}: ${role}'s address is http://host:port`);
  }
  const [secret = ''] = (env['LONGWIRE_INTERNAL_SECRETS'] ?? '').split(',');
  if (secret === '') throw new AdminError('LONGWIRE_INTERNAL_SECRETS must hold the secret of internal calls');
  return { url, secret: secret.trim() };
}

function readRunFile(dataDir: string, flag: string): RunFile {
  try {
    return JSON.parse(readFileSync(runFileOf(dataDir), 'utf8')) as RunFile;
  } catch {
    throw new AdminError(`nothing is up in ${dataDir}; start it with npm run up, or name one with ${flag}`);
  }
}
