import { type Exit, UsageError } from './faults.ts';
import type { Session } from './session.ts';

export interface OptionSpec {
  describe: string;
  /** What its value is called in the help; an option without one is a switch. */
  value?: string;
  /** May be given several times. */
  many?: boolean;
  choices?: readonly string[];
}
export type Options = Record<string, OptionSpec>;

/** What a command came to: one JSON document, or text for people. */
export interface Answer {
  document: unknown;
  text: string;
  exit?: Exit;
}

/** One command of the command line, as data: help, completion and errors are made of it. */
export interface CommandSpec {
  /** Its words, then its arguments: `app create <name>`, `[optional]`, `[several..]`. */
  usage: string;
  describe: string;
  options?: Options;
  /** Further lines of its help. */
  epilog?: string;
  /** Undefined: all was said already. */
  run(given: Given, session: Session): Promise<Answer | undefined>;
}

/** The words of a command, without its arguments. */
export function wordsOf({ usage }: Pick<CommandSpec, 'usage'>): string[] {
  return usage.split(' ').filter((word) => /^[a-z]/.test(word));
}

/** The arguments of a command, without what marks them as optional or as several. */
export function argumentsOf({ usage }: Pick<CommandSpec, 'usage'>): { name: string; needed: boolean }[] {
  return [...usage.matchAll(/([<[])([a-z-]+)(?:\.\.)?[>\]]/g)].map(([, open, name]) => ({
    name: name!,
    needed: open === '<',
  }));
}

/** What was given to a command, as texts: each command says what it makes of them. */
export class Given {
  readonly #values: Record<string, unknown>;

  constructor(values: Record<string, unknown>) {
    this.#values = values;
  }

  /** @throws UsageError if an option that counts once is given twice, or is empty. */
  text(name: string): string | undefined {
    const value = this.#values[name];
    if (Array.isArray(value)) throw new UsageError(`--${name}: is given ${value.length} times, allowed is once`);
    if (value === '') throw new UsageError(`--${name}: is empty`);
    return value === undefined ? undefined : String(value);
  }

  /** An argument that the command's usage says is there. */
  word(name: string): string {
    return this.text(name) ?? '';
  }

  many(name: string): string[] {
    const value = this.#values[name];
    return value === undefined ? [] : [value].flat().map(String);
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }
}
