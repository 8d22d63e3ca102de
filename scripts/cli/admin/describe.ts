import type { App } from '../../../services/common/protocol/app.ts';
import type { AppSummary } from '../../../services/common/protocol/app-calls.ts';
import type { AppChannel } from '../../../services/common/protocol/app-channel-calls.ts';
import { quotaNames } from '../../../services/common/protocol/quotas.ts';
import { lines, quoted } from '../style.ts';
import { describeRun } from './rebalance.ts';
import type { Outcome } from './run-command.ts';

/** What a command came to, for people. */
export function describe(outcome: Outcome, now: number): string {
  if ('app' in outcome) return lines(appLines(outcome.app, now));
  if ('run' in outcome) return lines(describeRun(outcome.run));
  if ('done' in outcome) return `${outcome.done}\n`;
  if ('channel' in outcome) return lines([channelLine(outcome.channel)]);
  if ('channels' in outcome)
    return outcome.channels.length === 0 ? 'no channels\n' : lines(outcome.channels.map(channelLine));
  if ('groups' in outcome) return outcome.groups.length === 0 ? 'no groups\n' : lines(outcome.groups.map(groupLine));
  if ('letters' in outcome)
    return outcome.letters.length === 0 ? 'no dead letters\n' : lines(outcome.letters.map(letterLine));
  if ('letter' in outcome) return outcome.letter === null ? '' : lines(letterLines(outcome.letter));
  if (outcome.apps.length === 0) return 'no apps\n';
  return lines(outcome.apps.map((app): [string, string] => [app.appId, summaryOf(app)]));
}

function channelLine({ kind, setAt, shown }: AppChannel): [string, string] {
  const fields = Object.entries(shown).map(([name, value]) => `${name} ${quoted(value)}`);
  return [kind, `set ${new Date(setAt).toISOString()}  ${fields.join('  ')}`];
}

type Group = Extract<Outcome, { groups: unknown }>['groups'][number];
type Letter = NonNullable<Extract<Outcome, { letter: unknown }>['letter']>;

function groupLine({ topic, group, absentMs, behind }: Group): [string, string] {
  const members = absentMs === 0 ? 'has members' : `no members for ${Math.ceil(absentMs / 60_000)} min`;
  return [`${topic}  ${group}`, `${behind} records behind  ${members}`];
}

function letterLine({
  id,
  setAsideAt,
  topic,
  partition,
  offset,
  group,
  code,
  message,
}: Omit<Letter, 'value'>): [string, string] {
  const where = `${topic}/${partition}/${offset}`;
  return [String(id), `${new Date(setAsideAt).toISOString()}  ${where}  ${group}  ${code}: ${quoted(message)}`];
}

/** Texts in quotation marks, so that nothing in them can steer the terminal. */
function letterLines(letter: Letter): [string, string][] {
  const { key, value, at } = letter;
  const taken: [string, string] = ['taken by the bus', new Date(at).toISOString()];
  return [letterLine(letter), taken, ['key', quoted(key)], ['value', quoted(value)]];
}

function appLines(app: App, now: number): [string, string][] {
  const quotas = quotaNames.flatMap((name): [string, string][] => {
    const value = app.quotas?.[name];
    return value === undefined ? [] : [[name, String(value)]];
  });
  return [
    ['appId', app.appId],
    ['name', quoted(app.name)],
    ['state', app.disabled ? 'disabled' : 'enabled'],
    ['appKey', app.appKey],
    ['masterSecret', app.masterSecret],
    ...old('old masterSecret', app.oldMasterSecret, now),
    ['appSecret', app.appSecret],
    ...old('old appSecret', app.oldAppSecret, now),
    ...quotas,
    ...(app.channels === undefined ? [] : [['channels', app.channels.join(', ')] as [string, string]]),
    ...(app.callbackUrl === undefined ? [] : [['callback', app.callbackUrl] as [string, string]]),
  ];
}

function old(name: string, secret: App['oldAppSecret'], now: number): [string, string][] {
  return secret === undefined || secret.until <= now
    ? []
    : [[name, `${secret.secret} until ${new Date(secret.until).toISOString()}`]];
}

/** A name in quotation marks, so that nothing in it can steer the terminal. */
function summaryOf({ name, disabled, createdAt }: AppSummary): string {
  const state = disabled ? 'disabled' : 'enabled ';
  return `${state}  ${new Date(createdAt).toISOString()}  ${quoted(name)}`;
}
