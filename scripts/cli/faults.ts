import { LongwireError } from '../../services/common/errors.ts';

/** What the command line exits with. */
export const exitCodes = {
  done: 0,
  failed: 1,
  /** The command was written wrong. */
  usage: 2,
  /** Nobody answered. */
  notReached: 3,
  /** `doctor` found something. */
  findings: 4,
} as const;
export type Exit = keyof typeof exitCodes;

/** A fault that its text explains to whoever ran the command: one line, without a stack. */
export class CliError extends Error {
  readonly exit: Exit;

  constructor(exit: Exit, message: string) {
    super(message);
    this.name = 'CliError';
    this.exit = exit;
  }
}

/** The command was written wrong: names what was wrong and what is allowed. */
export class UsageError extends CliError {
  constructor(message: string) {
    super('usage', message);
  }
}

/** A fault of an internal call, as people are told it; others pass through. */
export function faultOfCall(role: string, error: unknown): unknown {
  if (!(error instanceof LongwireError)) return error;
  const away = error.code === 'unavailable' || error.code === 'timeout';
  return new CliError(away ? 'notReached' : 'failed', `${role}: ${error.message}${away ? '; is the system up?' : ''}`);
}
