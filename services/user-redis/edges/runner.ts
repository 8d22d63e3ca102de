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
 * 10 µs or more, a step of this one 3. For one server alone: its keys are anybody's.
 *
 * KEYS  those of the steps, one after another
 * ARGV  number of steps; of each step its name, its number of keys and of arguments; the arguments, one after another
 * Answers the reply of each step, an error in the place of one that failed.
 */
export const runnerText = `
local steps = {}
${scriptNames.map((name) => `steps['${name}'] = function(KEYS, ARGV)\n${scriptText(name)}\nend`).join('\n')}
local count = tonumber(ARGV[1])
local key, arg = 0, 1 + 3 * count
local answers = {}
for number = 1, count do
  local name, keyCount, argCount = ARGV[3 * number - 1], tonumber(ARGV[3 * number]), tonumber(ARGV[3 * number + 1])
  local keys, args = {}, {}
  for index = 1, keyCount do keys[index] = KEYS[key + index] end
  for index = 1, argCount do args[index] = ARGV[arg + index] end
  key, arg = key + keyCount, arg + argCount
  local step, answer, done = steps[name]
  if step then
    done, answer = pcall(step, keys, args)
    -- Some versions throw the error's text, others the error.
    if not done and type(answer) == 'string' then answer = { err = answer } end
  else
    answer = redis.pcall(name, keys[1], unpack(args))
  end
  answers[number] = answer or false
end
return answers
`;

/** What the runner takes for these steps. */
export function runnerArguments(steps: Step[]): { keys: string[]; args: (string | number)[] } {
  const keys: string[] = [];
  const heads: (string | number)[] = [steps.length];
  const args: (string | number)[] = [];
  for (const step of steps) {
    if ('command' in step) {
      const [key, ...rest] = step.args;
      keys.push(String(key));
      heads.push(step.command, 1, rest.length);
      for (const argument of rest) args.push(argument);
    } else {
      for (const key of step.keys) keys.push(key);
      heads.push(step.script, step.keys.length, step.args.length);
      for (const argument of step.args) args.push(argument);
    }
  }
  return { keys, args: heads.concat(args) };
}
