import type { Style } from './style.ts';
import type { Target } from './target/target.ts';

/** What a command has around it. */
export interface Session {
  env: NodeJS.ProcessEnv;
  json: boolean;
  stdout: NodeJS.WriteStream;
  style: Style;
  /** A line for people beside the answer: on stderr where the answer is JSON. */
  say(line: string): void;
  /** Which Longwire is meant; with `stores` an address of a store in the environment names one too. @throws CliError */
  target(stores?: boolean): Target;
  /** Aborted when whoever runs the command has had enough. */
  signal: AbortSignal;
  readStdin(): string;
  now(): number;
}
