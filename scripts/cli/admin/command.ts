import { Check } from 'typebox/value';
import { CallbackUrl } from '../../../services/common/protocol/app.ts';
import { maxGraceMs } from '../../../services/common/protocol/app-calls.ts';
import { type VendorKind, vendorKinds } from '../../../services/common/protocol/channel-credentials.ts';
import { maxShedPerSecond } from '../../../services/common/protocol/cm-calls.ts';
import { AppId } from '../../../services/common/protocol/ids.ts';
import { QuotaChanges, quotaNames } from '../../../services/common/protocol/quotas.ts';
import { UsageError } from '../faults.ts';

export type WhichSecret = 'master' | 'app';

export type Command =
  | { do: 'create'; name: string }
  | { do: 'list' }
  | { do: 'show'; appId: string }
  | { do: 'rotate-secret'; appId: string; which: WhichSecret[]; graceMs: number }
  | { do: 'change'; appId: string; disabled?: boolean; quotas?: QuotaChanges; callbackUrl?: string | null }
  | ChannelCommand;

/** What is asked of an app's channels; `file` is read by whoever does it, so that no secret is on a command line. */
export type ChannelCommand =
  | { do: 'channels'; appId: string }
  | { do: 'set-channel'; appId: string; kind: VendorKind; file: string }
  | { do: 'remove-channel'; appId: string; kind: VendorKind };

/** What is asked of the bus. */
export type BusCommand =
  | { do: 'bus-groups' }
  | { do: 'forget-group'; topic: string; group: string }
  | { do: 'dead-letters' }
  | { do: 'dead-letter'; id: number; action: 'show' | 'put-back' | 'drop' };

/** What is asked of the cms. */
export interface RebalanceCommand {
  do: 'rebalance';
  perSecond?: number;
  share?: number;
}

export interface CommandFlags {
  secret?: string | undefined;
  grace?: string | undefined;
  perSecond?: string | undefined;
  share?: string | undefined;
}

const commands =
  'create, list, show, rotate-secret, disable, enable, set-quota, set-callback, set-channel, channels, remove-channel';
const defaultGrace = '24h';
const units = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What the words of a command line ask for. @throws UsageError, one line that names what is allowed. */
export function commandOf(words: string[], flags: CommandFlags): Command | BusCommand | RebalanceCommand {
  const [noun, verb, ...rest] = words;
  if (noun === 'rebalance') {
    none(words.slice(1));
    return rebalanceOf(flags);
  }
  if ((flags.perSecond ?? flags.share) !== undefined) {
    throw new UsageError('--per-second and --share belong to rebalance');
  }
  if (noun === 'bus-groups' || noun === 'dead-letters') return busCommandOf(words);
  if (noun !== 'app') {
    throw new UsageError(
      `${noun}: allowed are rebalance, bus-groups, dead-letters, and app followed by one of ${commands}`,
    );
  }
  if (verb !== 'rotate-secret' && (flags.secret ?? flags.grace) !== undefined) {
    throw new UsageError('--secret and --grace belong to rotate-secret');
  }
  switch (verb) {
    case 'create':
      return { do: 'create', name: nameOf(one(rest, 'a name')) };
    case 'list':
      none(rest);
      return { do: 'list' };
    case 'show':
      return { do: 'show', appId: idOf(one(rest, 'an app id')) };
    case 'rotate-secret': {
      const appId = idOf(one(rest, 'an app id'));
      return {
        do: 'rotate-secret',
        appId,
        which: whichOf(flags.secret),
        graceMs: graceOf(flags.grace ?? defaultGrace),
      };
    }
    case 'disable':
    case 'enable':
      return { do: 'change', appId: idOf(one(rest, 'an app id')), disabled: verb === 'disable' };
    case 'set-quota': {
      const [appId = '', ...quotas] = rest;
      return { do: 'change', appId: idOf(appId), quotas: quotasOf(quotas) };
    }
    case 'set-callback': {
      const [appId = '', ...urls] = rest;
      return { do: 'change', appId: idOf(appId), callbackUrl: urlOf(one(urls, 'a URL or none')) };
    }
    case 'channels':
      return { do: 'channels', appId: idOf(one(rest, 'an app id')) };
    case 'set-channel': {
      const [appId = '', kind = '', ...files] = rest;
      const file = one(files, 'a file, or - for the standard input,');
      return { do: 'set-channel', appId: idOf(appId), kind: kindOf(kind), file };
    }
    case 'remove-channel': {
      const [appId = '', ...kinds] = rest;
      return { do: 'remove-channel', appId: idOf(appId), kind: kindOf(one(kinds, 'a kind')) };
    }
    default:
      throw new UsageError(`app ${verb ?? ''}: allowed are ${commands}`);
  }
}

function kindOf(text: string): VendorKind {
  const kind = vendorKinds.find((one) => one === text);
  if (kind !== undefined) return kind;
  throw new UsageError(`${text || 'a kind is missing'}: kinds are ${vendorKinds.join(', ')}`);
}

function rebalanceOf({ secret, grace, perSecond, share }: CommandFlags): RebalanceCommand {
  if ((secret ?? grace) !== undefined) throw new UsageError('--secret and --grace belong to rotate-secret');
  const asked: RebalanceCommand = { do: 'rebalance' };
  if (perSecond !== undefined) {
    asked.perSecond = /^\d{1,5}$/.test(perSecond) ? Number(perSecond) : 0;
    if (asked.perSecond < 1 || asked.perSecond > maxShedPerSecond) {
      throw new UsageError(`--per-second ${perSecond}: allowed is a number from 1 to ${maxShedPerSecond}`);
    }
  }
  if (share !== undefined) {
    asked.share = /^\d?\.?\d{1,6}$/.test(share) ? Number(share) : Number.NaN;
    if (!(asked.share <= 1)) throw new UsageError(`--share ${share}: allowed is a share from 0 to 1`);
  }
  return asked;
}

function busCommandOf([noun, verb = 'list', ...rest]: string[]): BusCommand {
  if (verb === 'list') {
    none(rest);
    return noun === 'bus-groups' ? { do: 'bus-groups' } : { do: 'dead-letters' };
  }
  if (noun === 'bus-groups' && verb === 'forget') {
    const [topic, ...groups] = rest;
    if (topic === undefined) throw new UsageError('a topic and a group are missing');
    return { do: 'forget-group', topic, group: one(groups, 'a group') };
  }
  if (noun === 'dead-letters' && (verb === 'show' || verb === 'put-back' || verb === 'drop')) {
    const id = one(rest, 'the number of a dead letter');
    if (!/^\d{1,15}$/.test(id)) throw new UsageError(`${id}: the number of a dead letter is in dead-letters list`);
    return { do: 'dead-letter', id: Number(id), action: verb };
  }
  const allowed = noun === 'bus-groups' ? 'list and forget' : 'list, show, put-back and drop';
  throw new UsageError(`${noun} ${verb}: allowed are ${allowed}`);
}

function one([word, ...extra]: string[], what: string): string {
  if (word === undefined) throw new UsageError(`${what} is missing`);
  none(extra);
  return word;
}

function none([extra]: string[]): void {
  if (extra !== undefined) throw new UsageError(`${extra}: is one word too many`);
}

function nameOf(name: string): string {
  if (name.length >= 1 && name.length <= 64) return name;
  throw new UsageError('the name of an app has 1 to 64 characters');
}

function idOf(appId: string): string {
  if (Check(AppId, appId)) return appId;
  throw new UsageError(`${appId || 'an app id is missing'}: an app id has 1 to 64 of A-Z a-z 0-9 _ -`);
}

function whichOf(text: string | undefined): WhichSecret[] {
  if (text === undefined) return ['master', 'app'];
  if (text === 'master' || text === 'app') return [text];
  throw new UsageError(`--secret ${text}: allowed are master and app`);
}

function graceOf(text: string): number {
  const [, count, unit] = /^(\d{1,6})([mhd])?$/.exec(text) ?? [];
  const graceMs =
    unit === undefined ? (count === '0' ? 0 : Number.NaN) : Number(count) * units[unit as 'm' | 'h' | 'd'];
  if (graceMs <= maxGraceMs) return graceMs;
  throw new UsageError(`--grace ${text}: allowed is 0, or a number with m, h or d, up to ${maxGraceMs / units.d}d`);
}

function quotasOf(words: string[]): QuotaChanges {
  if (words.length === 0) throw new UsageError(`name=N is missing; names are ${quotaNames.join(', ')}`);
  const quotas: Record<string, number | null> = {};
  for (const word of words) {
    const [name = '', value = ''] = word.split('=');
    quotas[name] = value === 'default' ? null : /^\d{1,12}$/.test(value) ? Number(value) : Number.NaN;
    if (!Check(QuotaChanges, { [name]: quotas[name] })) {
      throw new UsageError(`${word}: allowed is name=N or name=default with a name of ${quotaNames.join(', ')}`);
    }
  }
  return quotas as QuotaChanges;
}

function urlOf(text: string): string | null {
  if (text === 'none') return null;
  if (Check(CallbackUrl, text) && URL.canParse(text)) return text;
  throw new UsageError(`${text}: allowed is an http or https URL of up to 512 characters, or none`);
}
