import { readFileSync } from 'node:fs';
import { type ScriptName, type Step, scriptNames } from '../store.ts';

/** The text of a script of `scripts/`. */
export function scriptText(name: ScriptName): string {
  return readFileSync(new URL(`../scripts/${name}.lua`, import.meta.url), 'utf8');
}

/** Commands whose replies are the same from within a script. */
const plainCommands = ['EXISTS', 'GET', 'HMGET', 'SET', 'STRLEN', 'ZCARD', 'ZREM'];

/** Whether the runner does a step as Redis itself would. */
export function isRunnable(step: Step): boolean {
  return 'script' in step || plainCommands.includes(step.command);
}

/**
 * A script that does many steps, each as if it were alone: in order, and one that fails stops none behind it. A command costs its caller
 * 10 µs or more, a step of this one 3. All that it takes is one text: arguments of its own it would have to copy into those of each step. So it
 * declares no keys, and is for one server alone: there its keys are anybody's.
 *
 * ARGV  the steps as JSON (`runnerText` reads what `runnerArgument` writes)
 * Answers the reply of each step, an error in the place of one that failed.
 */
export const runnerText = `
local steps = {}
${scriptNames.map((name) => `steps['${name}'] = function(KEYS, ARGV)\n${scriptText(name)}\nend`).join('\n')}
local answers = {}
for number, given in ipairs(cjson.decode(ARGV[1])) do
  local step, done, answer = steps[given[1]]
  if step then
    done, answer = pcall(step, given[2], given[3])
    -- Some versions throw the error's text, others the error.
    if not done and type(answer) == 'string' then answer = { err = answer } end
  else
    answer = redis.pcall(given[1], unpack(given[3]))
  end
  answers[number] = answer or false
end
return answers
`;

/** What the runner takes for these steps: of each its name, its keys (none of a plain command) and its arguments. */
export function runnerArgument(steps: Step[]): string {
  return JSON.stringify(steps.map(given));
}

const noKeys: string[] = [];

function given(step: Step): [name: string, keys: string[], args: string[]] {
  if ('command' in step) return [step.command, noKeys, texts(step.args)];
  return [step.script, texts(step.keys), texts(step.args)];
}

/**
 * As Redis gets them alone: digits of a number, UTF-8 of a text. Lua would take a number for a float of 14 digits, and no half of a surrogate
 * pair. In place: the steps are asked once, and a batch has thousands of these.
 */
function texts(values: (string | number)[]): string[] {
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    values[index] = typeof value === 'number' ? String(value) : value.toWellFormed();
  }
  return values as string[];
}
