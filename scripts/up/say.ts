/** A fault that its text explains to whoever ran the command: printed as one line, without a stack. */
export class UpError extends Error {}

/** One short line of progress for people. */
export function say(text: string): void {
  process.stdout.write(`longwire: ${text}\n`);
}
