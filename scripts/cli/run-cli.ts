import type { Answer, Given } from './command-spec.ts';
import { commands } from './commands.ts';
import { readBounded } from './edges/bounded.ts';
import { CliError, exitCodes } from './faults.ts';
import { parse } from './parse.ts';
import type { Session } from './session.ts';
import { styleFor } from './style.ts';
import { findTarget } from './target/find-target.ts';

/** A text, or some secrets. */
const maxStdinBytes = 65_536;

/** The process that a command line runs in. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

/** Runs one command line. @returns its exit code */
export async function runCli(args: string[], around: Surroundings): Promise<number> {
  const json = args.includes('--json');
  try {
    const parsed = parse(args, commands, around.stdout.columns);
    if ('print' in parsed) {
      around.stdout.write(parsed.print);
      return exitCodes.done;
    }
    const answer = await parsed.spec.run(parsed.given, sessionOf(parsed.given, around));
    if (answer) tell(answer, parsed.given.flag('json'), around);
    return exitCodes[answer?.exit ?? 'done'];
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    if (json)
      around.stdout.write(
        `${JSON.stringify({ error: { exit: exitCodes[error.exit], message: error.message } }, null, 2)}\n`,
      );
    around.stderr.write(`longwire: ${error.message}\n`);
    return exitCodes[error.exit];
  }
}

function tell({ document, text }: Answer, json: boolean, { stdout }: Surroundings): void {
  stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : text);
}

function sessionOf(given: Given, { env, stdout, stderr }: Surroundings): Session {
  const json = given.flag('json');
  let stop: AbortController | undefined;
  let stdin: string | undefined;
  const readStdin = (): string => {
    stdin ??= readBounded(0, 'stdin', maxStdinBytes);
    return stdin;
  };
  return {
    env,
    json,
    stdout,
    style: styleFor(json ? stderr : stdout, env),
    say: (line) => void (json ? stderr : stdout).write(`${line}\n`),
    target: (stores) => findTarget(flagsOf(given), env, readStdin, stores),
    /** Made when a command asks for it: others are ended by the signal itself. */
    get signal() {
      stop ??= stopOnSignals();
      return stop.signal;
    },
    readStdin,
    now: Date.now,
  };
}

function stopOnSignals(): AbortController {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => controller.abort());
  return controller;
}

function flagsOf(given: Given): Parameters<typeof findTarget>[0] {
  return {
    ...{ profile: given.text('profile'), run: given.text('run'), data: given.text('data') },
    given: {
      ...{ api: given.text('api'), appId: given.text('app'), userMysql: given.text('user-mysql') },
      ...{ userRedis: given.text('user-redis'), cm: given.text('cm'), ops: given.text('ops') },
    },
    secretsFromStdin: given.flag('secrets-stdin'),
  };
}
