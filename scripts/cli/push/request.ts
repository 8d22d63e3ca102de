import { Check } from 'typebox/value';
import { RestAlias } from '../../../services/common/protocol/rest/fields.ts';
import { maxTtlMs } from '../../../services/common/protocol/rest/settings.ts';
import type { Given, Options } from '../command-spec.ts';
import { UsageError } from '../faults.ts';
import { spanMs, spanOption } from '../spans.ts';

export const pushOptions: Options = {
  title: {
    value: 'TITLE',
    describe: 'a notification with this title, the text as its body; without it a transmission',
  },
  cid: { value: 'CID', describe: 'to this device; the demo device of `up` if nobody is named' },
  alias: { value: 'ALIAS', describe: 'to the devices of an alias' },
  tag: {
    value: 'TAG',
    many: true,
    describe: 'to all devices with this tag; with several, to those that have all of them',
  },
  all: { describe: 'to all devices of the app' },
  schedule: { value: 'TIME', describe: 'when: in 10m, or at 2026-01-31T08:00:00Z; up to 7 days ahead' },
  ttl: {
    value: 'TIME',
    describe: 'how long it waits for a device that is away, up to 3d (2h unless given); 0: not at all',
  },
  group: { value: 'NAME', describe: 'tasks of one group are reported together' },
  speed: { value: 'N', describe: 'messages a second, with --all or --tag' },
  file: { value: 'FILE', describe: 'the text is in this file; - is stdin' },
  wait: { describe: 'shows how far it gets, until it has arrived' },
  timeout: { value: 'TIME', describe: 'how long --wait waits (30s unless given)' },
  'dry-run': { describe: 'prints the request instead of making it' },
};

export interface PushRequest {
  path: string;
  body: Record<string, unknown>;
  /** Whom it goes to, for people. */
  audience: string;
  scheduledAt?: number;
}

const maxAheadMs = 7 * 86_400_000;

/** The call that a command line asks for. @throws UsageError that names the option. */
export function pushRequest(
  given: Given,
  text: string,
  demoCid: string | undefined,
  requestId: string,
  now: number,
): PushRequest {
  const schedule = given.text('schedule');
  const scheduledAt = schedule === undefined ? undefined : timeOf(schedule, now);
  const ttl = given.text('ttl');
  const speed = given.text('speed');
  const settings = {
    ...(ttl === undefined ? {} : { ttl: spanOption('ttl', ttl, { least: 0, most: maxTtlMs }) }),
    ...(scheduledAt === undefined ? {} : { schedule_time: scheduledAt }),
    ...(speed === undefined ? {} : { speed: speedOf(speed) }),
  };
  const group = given.text('group');
  const whom = audienceOf(given, demoCid);
  if (speed !== undefined && !('tags' in whom) && !('all' in whom)) {
    throw new UsageError('--speed: is for a push with --all or --tag');
  }
  const title = given.text('title');
  return {
    ...addressOf(whom),
    body: {
      request_id: requestId,
      ...(group === undefined ? {} : { group_name: group }),
      ...(Object.keys(settings).length === 0 ? {} : { settings }),
      audience: whom.audience,
      push_message:
        title === undefined ? { transmission: text } : { notification: { title, body: text, click_type: 'none' } },
    },
    ...(scheduledAt === undefined ? {} : { scheduledAt }),
  };
}

type Whom = { audience: unknown } & ({ cid: string } | { alias: string } | { tags: string[] } | { all: true });

function audienceOf(given: Given, demoCid: string | undefined): Whom {
  const [cid, alias, tags, all] = [given.text('cid'), given.text('alias'), given.many('tag'), given.flag('all')];
  const named = [
    cid !== undefined && '--cid',
    alias !== undefined && '--alias',
    tags.length > 0 && '--tag',
    all && '--all',
  ];
  const said = named.filter((one) => one !== false);
  if (said.length > 1) throw new UsageError(`${said.join(' and ')}: allowed is one of --cid, --alias, --tag and --all`);
  if (all) return { all: true, audience: 'all' };
  if (tags[0] !== undefined) {
    if (tags.length === 1) return { tags, audience: { fast_custom_tag: tags[0] } };
    return { tags, audience: { tag: [{ key: 'custom_tag', values: tags, opt_type: 'and' }] } };
  }
  if (alias !== undefined) {
    if (Check(RestAlias, alias)) return { alias, audience: { alias: [alias] } };
    throw new UsageError(`--alias ${alias}: allowed are letters, digits, _ and Chinese characters, under 40`);
  }
  const device = cid ?? demoCid;
  if (device === undefined) {
    throw new UsageError('whom to push to is missing: --cid, --alias, --tag or --all (there is no demo device here)');
  }
  if (!/^[0-9a-f]{32}$/.test(device)) throw new UsageError(`--cid ${device}: allowed are 32 hex digits in lower case`);
  return { cid: device, audience: { cid: [device] } };
}

function addressOf(whom: Whom): { path: string; audience: string } {
  if ('all' in whom) return { path: '/push/all', audience: 'all devices of the app' };
  if ('alias' in whom) return { path: '/push/single/alias', audience: `the devices of alias ${whom.alias}` };
  if ('cid' in whom) return { path: '/push/single/cid', audience: `device ${whom.cid}` };
  const path = whom.tags.length === 1 ? '/push/fast_custom_tag' : '/push/tag';
  return { path, audience: `devices with ${whom.tags.map((tag) => JSON.stringify(tag)).join(' and ')}` };
}

function speedOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`--speed ${text}: allowed is a number of messages a second from 1`);
}

function timeOf(text: string, now: number): number {
  const span = spanMs(text);
  const at =
    span === undefined ? Date.parse(/^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : '') : now + span;
  if (at > now && at <= now + maxAheadMs) return at;
  throw new UsageError(
    `--schedule ${text}: allowed is a time from now (10m, 2h) or with its zone (2026-01-31T08:00:00Z), up to 7 days ahead`,
  );
}
