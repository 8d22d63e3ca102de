import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const cliScript = join(import.meta.dirname, '../../scripts/cli/main.ts');

export interface CliRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  /** In place of all that this process has, but PATH and HOME. */
  env?: Record<string, string>;
  stdin?: string;
  /** A shell's limit of open files. */
  openFiles?: number;
}

const limitMs = 60_000;

/** Runs one command line as a script would, to its end. */
export function runCli(args: string[], { env = {}, stdin = '', openFiles }: CliOptions = {}): Promise<CliRun> {
  const node = [process.execPath, cliScript, ...args];
  const [command, ...rest] =
    openFiles === undefined ? node : ['sh', '-c', `ulimit -n ${openFiles} && exec "$@"`, 'sh', ...node];
  const child = spawn(command!, rest, {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    timeout: limitMs,
  });
  const run = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    run.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    run.stderr += chunk;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...run }));
  });
}
