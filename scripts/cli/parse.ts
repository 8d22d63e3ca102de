import yargs, { type Argv } from 'yargs';
import { argumentsOf, type CommandSpec, Given, type OptionSpec, type Options, wordsOf } from './command-spec.ts';
import { UsageError } from './faults.ts';

/** What a command line asks for: a command to run, or a text to print (help, completion). */
export type Parsed = { spec: CommandSpec; given: Given } | { print: string };

/** Says which Longwire is meant; every command takes these. */
export const commonOptions: Options = {
  json: { describe: 'one JSON document on stdout; all else on stderr' },
  data: { value: 'DIR', describe: 'the folder of a system that `npm run up` runs (.longwire unless given)' },
  run: { value: 'FILE', describe: 'its run.json' },
  profile: { value: 'NAME', describe: 'a profile of ~/.config/longwire/profiles.json' },
  api: { value: 'URL', describe: 'the upstream API, http://host:port' },
  app: { value: 'ID', describe: 'another app than that of the system or profile' },
  'user-mysql': { value: 'URL', describe: 'calls of user-mysql' },
  'user-redis': { value: 'URL', describe: 'calls of user-redis' },
  cm: { value: 'URL', describe: 'the ops port of any one cm' },
  ops: { value: 'URL,URL', describe: 'ops ports of instances' },
  'secrets-stdin': { describe: 'secrets come on stdin, as one JSON object' },
};

const hints: Record<string, string> = {
  app: 'Apps',
  device: 'Devices',
  task: 'Tasks',
  'bus-groups': 'Groups that read the bus',
  'dead-letters': 'Records that could not be worked on',
};

/** @throws UsageError, one line that says what is wrong and what is allowed. */
export function parse(args: string[], specs: CommandSpec[], columns = 100): Parsed {
  let chosen: Parsed | undefined;
  let printed = '';
  const parser = assembled(specs, (spec, argv) => {
    chosen = { spec, given: new Given(withWordsBehindDashes(spec, argv)) };
  }).wrap(Math.max(60, Math.min(columns, 120)));
  const explain = (message: string): string => explained(message, args, specs);
  parser.fail((message, error) => {
    throw new UsageError(explain(message || error.message));
  });
  try {
    parser.parse(args, (_error: unknown, _argv: unknown, output: string) => {
      printed = output;
    });
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(explain((error as Error).message));
  }
  if (chosen && printed === '') return chosen;
  return { print: `${printed.trimEnd()}\n` };
}

function assembled(specs: CommandSpec[], choose: (spec: CommandSpec, argv: Record<string, unknown>) => void): Argv {
  const parser = yargs([])
    .scriptName('longwire')
    .usage('$0 <command>\n\nCommands of a Longwire: the one that `npm run up` runs here, or another (see below).')
    .locale('en')
    .exitProcess(false)
    .strict()
    .version(false)
    .help()
    .alias('help', 'h')
    .parserConfiguration({
      'camel-case-expansion': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'dot-notation': false,
      'boolean-negation': false,
    })
    .demandCommand(1, 'no command');
  add(parser, commonOptions, 'Which Longwire, and how it answers:');
  for (const [noun, group] of Map.groupBy(specs, (spec) => wordsOf(spec)[0]!)) {
    const alone = group.find((spec) => wordsOf(spec).length === 1);
    const verbs = group.filter((spec) => spec !== alone);
    parser.command(
      alone?.usage ?? noun,
      verbs.length > 0 ? (hints[noun] ?? noun) : alone!.describe,
      (inner) => {
        for (const spec of verbs) {
          const usage = spec.usage.slice(noun.length + 1);
          inner.command(
            usage,
            spec.describe,
            (one) => dress(one, spec),
            (argv) => choose(spec, argv),
          );
        }
        return alone ? dress(inner, alone) : inner.demandCommand(1, 'no verb');
      },
      (argv) => {
        if (alone) choose(alone, argv);
      },
    );
  }
  return parser
    .completion('completion', 'prints a script for bash or zsh that completes commands and options')
    .epilog('Exit codes: 0 done, 1 failed, 2 written wrong, 3 nobody answered, 4 doctor found something.');
}

function dress(parser: Argv, { options = {}, epilog }: CommandSpec): Argv {
  add(parser, options, 'Options:');
  return epilog === undefined ? parser : parser.epilog(epilog);
}

function add(parser: Argv, options: Options, group: string): void {
  for (const [name, spec] of Object.entries(options)) parser.option(name, { ...optionOf(spec), group });
}

function optionOf({ value, describe, choices }: OptionSpec) {
  if (value === undefined) return { describe, type: 'boolean' as const };
  return {
    describe: `${value}: ${describe}`,
    type: 'string' as const,
    requiresArg: true,
    ...(choices ? { choices } : {}),
  };
}

/** `push -- --text`: what stands behind `--` is the first argument that is missing. */
function withWordsBehindDashes(spec: CommandSpec, argv: Record<string, unknown>): Record<string, unknown> {
  const [word, ...more] = (argv['_'] as unknown[]).slice(wordsOf(spec).length).map(String);
  if (word === undefined) return argv;
  const missing = argumentsOf(spec).find(({ name }) => argv[name] === undefined);
  if (!missing || more.length > 0) throw new UsageError(`${more[0] ?? word}: is one word too many`);
  return { ...argv, [missing.name]: word };
}

/** yargs' message in the words of this project, with what is allowed. */
function explained(message: string, args: string[], specs: CommandSpec[]): string {
  const [noun = '', verb] = args.filter((one) => !one.startsWith('-'));
  const nouns = [...new Set(specs.map((spec) => wordsOf(spec)[0]!)), 'completion'];
  const group = specs.filter((spec) => wordsOf(spec)[0] === noun);
  const verbs = group.flatMap((spec) => wordsOf(spec).slice(1));
  const spec =
    group.find((one) => wordsOf(one)[1] === verb && verb !== undefined) ??
    group.find((one) => wordsOf(one).length === 1);
  const named = spec ? wordsOf(spec).join(' ') : noun;
  const unknown = /^Unknown (?:arguments?|commands?): ([^,]+)/.exec(message)?.[1];
  if (message === 'no command' || (unknown === noun && group.length === 0)) {
    return `${noun === '' ? 'no command is given' : `${noun}: is no command`}; allowed are ${nouns.join(', ')}`;
  }
  if (message === 'no verb') return `${noun}: a word is missing behind it; allowed are ${verbs.join(', ')}`;
  if (unknown !== undefined) {
    const option = args.find((one) => /^-/.test(one) && one.replace(/^--?/, '').split('=')[0] === unknown);
    if (option !== undefined || (unknown.length === 1 && !args.includes(unknown))) {
      const allowed = [...Object.keys(spec?.options ?? {}), ...Object.keys(commonOptions), 'help'];
      return `${option?.split('=')[0] ?? `-${unknown}`}: is no option of ${named}; allowed are --${allowed.join(', --')}`;
    }
    if (unknown === verb && verbs.length > 0) return `${noun} ${verb}: allowed are ${verbs.join(', ')}`;
    return `${unknown}: is one word too many for ${named}`;
  }
  const got = /^Not enough non-option arguments: got (\d+)/.exec(message)?.[1];
  if (got !== undefined && spec)
    return `${named}: <${argumentsOf(spec)[Number(got)]?.name ?? 'an argument'}> is missing`;
  const bare = /^Not enough arguments following: (.*)$/.exec(message)?.[1];
  if (bare !== undefined) return `--${bare}: its value is missing`;
  return message.replaceAll(/\s*\n\s*/g, ' ').trim();
}
