import { expect, test } from 'vitest';
import { argumentsOf, wordsOf } from './command-spec.ts';
import { commands } from './commands.ts';
import { parse } from './parse.ts';

const chosen = (...args: string[]) => {
  const parsed = parse(args, commands);
  if ('print' in parsed) throw new Error(`printed: ${parsed.print}`);
  return { usage: parsed.spec.usage, given: parsed.given };
};
const printed = (...args: string[]): string => {
  const parsed = parse(args, commands);
  return 'print' in parsed ? parsed.print : '';
};

test('each command is found by its words, and has help of its own', () => {
  for (const spec of commands) {
    const args = argumentsOf(spec).filter(({ needed }) => needed);
    expect(chosen(...wordsOf(spec), ...args.map(() => 'x')).usage).toBe(spec.usage);
    const help = printed(...wordsOf(spec), '--help');
    expect(help).toContain(wordsOf(spec).join(' '));
    for (const name of ['json', 'profile', ...Object.keys(spec.options ?? {})]) expect(help).toContain(`--${name}`);
  }
});

test('a text is taken as it is: digits, and behind -- what looks like an option', () => {
  expect(chosen('push', '0042').given.text('text')).toBe('0042');
  expect(chosen('push', '--', '--help').given.text('text')).toBe('--help');
  expect(chosen('push', 'a', '--ttl', '-1').given.text('ttl')).toBe('-1');
  expect(chosen('push', 'a', '--tag', 'x', '--tag', 'y').given.many('tag')).toEqual(['x', 'y']);
});

test.each([
  ['', 'no command is given; allowed are push, tail, top'],
  ['pusch hello', 'pusch: is no command; allowed are push'],
  ['push --titel x', '--titel: is no option of push; allowed are --title, --cid'],
  ['push --titel=x', '--titel: is no option of push'],
  ['push -x', '-x: is no option of push'],
  ['push a b', 'b: is one word too many for push'],
  ['push --title', '--title: its value is missing'],
  ['task', 'task: a word is missing behind it; allowed are list, show, device, stop, cancel'],
  ['task shew x', 'task shew: allowed are list, show'],
  ['task show', 'task show: <task> is missing'],
  ['push -- a b', 'b: is one word too many'],
])('%s: is refused with a line that says what is allowed', (line, said) => {
  expect(() => parse(line.split(' ').filter(Boolean), commands)).toThrow(said);
  expect(() => parse(line.split(' ').filter(Boolean), commands)).toThrow(/^[^\n]+$/);
});

test('completion prints a script, and names commands, verbs and options', () => {
  expect(printed('completion')).toContain('complete -o bashdefault -o default -F _longwire_yargs_completions longwire');
  expect(printed('--get-yargs-completions', 'longwire', 'task', '')).toContain('stop');
  expect(printed('--get-yargs-completions', 'longwire', 'push', '--')).toContain('--title');
});
