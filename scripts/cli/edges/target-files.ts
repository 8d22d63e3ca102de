import { readFileSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type RunFile, runFileOf } from '../../up/run-file.ts';
import { CliError } from '../faults.ts';

/** What a run file says, and the demo device that stands beside it. */
export interface RunningSystem {
  file: string;
  run: RunFile;
  demoCid?: string;
}

/** @throws CliError where nothing is up. */
export function readRunFile(given: { run?: string | undefined; data?: string | undefined }): RunningSystem {
  const file = given.run === undefined ? runFileOf(resolve(given.data ?? '.longwire')) : resolve(given.run);
  let run: RunFile;
  try {
    run = JSON.parse(readFileSync(file, 'utf8')) as RunFile;
  } catch {
    const where = given.run === undefined ? dirname(file) : file;
    throw new CliError(
      'notReached',
      `nothing is up in ${where}; start it with npm run up, or name another Longwire with --run, --data, --profile or addresses`,
    );
  }
  const demoCid = demoCidIn(dirname(file));
  return { file, run, ...(demoCid === undefined ? {} : { demoCid }) };
}

/** Where profiles are kept. */
export function profileFileOf(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config'), 'longwire', 'profiles.json');
}

/** The text of a file with secrets. @throws CliError if others may read it or have made it, or it can't be read. */
export function readSecretFile(file: string): string {
  let mode: number;
  let uid: number;
  try {
    const stat = statSync(file);
    [mode, uid] = [stat.mode & 0o777, stat.uid];
    if ((mode & 0o077) === 0 && uid === userInfo().uid) return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError('usage', `${file} can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown fault'})`);
  }
  if (uid !== userInfo().uid)
    throw new CliError('usage', `${file}: is another user's, and says where secrets go: allowed is your own`);
  const found = mode.toString(8).padStart(4, '0');
  throw new CliError('usage', `${file}: has mode ${found}, and holds secrets: allowed is 0600 (chmod 600 ${file})`);
}

function demoCidIn(dataDir: string): string | undefined {
  try {
    const { cid } = JSON.parse(readFileSync(join(dataDir, 'demo-device.json'), 'utf8')) as { cid?: unknown };
    return typeof cid === 'string' ? cid : undefined;
  } catch {
    return undefined;
  }
}
