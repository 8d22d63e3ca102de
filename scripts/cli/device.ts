import type { UserDetailData } from '../../services/common/protocol/rest/devices.ts';
import type { UserStatusData } from '../../services/common/protocol/rest/users.ts';
import type { CommandSpec, Given } from './command-spec.ts';
import { openUpstream, type Upstream } from './edges/upstream.ts';
import { CliError, UsageError } from './faults.ts';
import type { Session } from './session.ts';
import { lines, quoted } from './style.ts';
import { need, type Target } from './target/target.ts';

/** Messages of a queue that are shown. */
const maxShown = 100;

export const deviceCommands: CommandSpec[] = [
  {
    usage: 'device show [cid]',
    describe: 'what is known of a device: online and where, last login, alias, tags; the demo device if none is named',
    options: { alias: { value: 'ALIAS', describe: 'the devices of this alias' } },
    async run(given, session) {
      const target = session.target();
      const [cid, alias] = [given.text('cid'), given.text('alias')];
      if (cid !== undefined && alias !== undefined)
        throw new UsageError('--alias: is given beside a cid, allowed is one of them');
      const upstream = await openUpstream(target);
      const cids = alias === undefined ? [cidOf(cid ?? target.demoCid)] : await cidsOf(upstream, alias);
      if (cids.length === 0) throw new CliError('failed', `nobody has the alias ${quoted(alias ?? '')}`);
      const devices = await Promise.all(cids.map((one) => deviceOf(upstream, target, one)));
      return { document: { devices }, text: devices.map((one) => lines(linesOf(one))).join('\n') };
    },
  },
  {
    usage: 'device queue [cid]',
    describe: 'messages that wait for a device; asks user-redis. The demo device if none is named',
    options: { bodies: { describe: 'with what is in them: mind who reads along' } },
    run: (given, session) => queueOf(given, session),
  },
  {
    usage: 'device kick <cid>',
    describe: 'ends its connection; its SDK stops until the app starts anew. Asks user-redis and the cm that holds it',
    async run(given, session) {
      const cid = cidOf(given.word('cid'));
      const { endConnection } = await import('./edges/device-connection.ts');
      const node = await endConnection(userRedisOf(session.target()), cid);
      const text = node === null ? `device ${cid} is not connected\n` : `device ${cid} was disconnected from ${node}\n`;
      return { document: { cid, node }, text };
    },
  },
  blacklisting('blacklist', 'ends its connections, refuses its logins, and nothing goes to it', 'POST'),
  blacklisting('unblacklist', 'lets it in again, once its app starts anew', 'DELETE'),
];

function blacklisting(verb: string, describe: string, method: 'POST' | 'DELETE'): CommandSpec {
  return {
    usage: `device ${verb} <cid>`,
    describe,
    async run(given, session) {
      const cid = cidOf(given.word('cid'));
      await (await openUpstream(session.target())).call(method, `/user/black/cid/${cid}`);
      const blacklisted = method === 'POST';
      return { document: { cid, blacklisted }, text: `device ${cid} is ${blacklisted ? 'on' : 'off'} the blacklist\n` };
    },
  };
}

interface Device {
  cid: string;
  status: string;
  /** The cm that it is connected to; undefined: nobody was asked. */
  connection?: { node: string; since: number | null } | null;
  lastLoginAt: string | null;
  registeredAt: string | null;
  model: string;
  alias: string;
  tags: string;
}

/** @throws CliError if the app has no such device. */
async function deviceOf(upstream: Upstream, target: Target, cid: string): Promise<Device> {
  const [status, detail, alias, tags, connection] = await Promise.all([
    upstream.call<UserStatusData>('GET', `/user/status/${cid}`),
    upstream.call<UserDetailData>('GET', `/user/detail/${cid}`),
    upstream.call<{ alias: string }>('GET', `/user/alias/cid/${cid}`),
    upstream.call<Record<string, string[]>>('GET', `/user/custom_tag/cid/${cid}`),
    whereIs(target, cid),
  ]);
  const kept = detail.validCids[cid];
  const seen = status[cid];
  if (!seen) throw new CliError('failed', `the app has no device ${cid}`);
  return {
    cid,
    status: seen.status,
    ...(connection === undefined ? {} : { connection }),
    lastLoginAt: isoOf(seen.last_login_time),
    registeredAt: isoOf(kept?.createTime),
    model: kept?.phoneModel ?? '',
    alias: alias.alias,
    tags: (tags[cid] ?? []).join(' ').trim(),
  };
}

function linesOf({
  cid,
  status,
  connection,
  lastLoginAt,
  registeredAt,
  model,
  alias,
  tags,
}: Device): [string, string][] {
  return [
    ['cid', cid],
    ['status', connection ? `${status} at ${connection.node}${sinceOf(connection.since)}` : status],
    ['last login', lastLoginAt ?? 'never'],
    ['registered', registeredAt ?? 'not known'],
    ['model', quoted(model)],
    ['alias', alias === '' ? 'none' : quoted(alias)],
    ['tags', tags === '' ? 'none' : quoted(tags)],
  ];
}

/** Undefined where no user-redis is known: the HTTP API doesn't tell. */
async function whereIs(target: Target, cid: string): Promise<Device['connection'] | undefined> {
  const { userRedis, internalSecret } = target;
  if (userRedis === undefined || internalSecret === undefined) return undefined;
  const { connectionOf } = await import('./edges/device-connection.ts');
  return connectionOf({ url: userRedis, secret: internalSecret }, cid);
}

function sinceOf(since: number | null): string {
  return since === null ? '' : ` since ${new Date(since).toISOString()}`;
}

/** @throws CliError that says how to name it */
function userRedisOf(target: Target): { url: string; secret: string } {
  return { url: need(target, 'userRedis'), secret: need(target, 'internalSecret') };
}

async function cidsOf(upstream: Upstream, alias: string): Promise<string[]> {
  return (await upstream.call<{ cid: string[] }>('GET', `/user/cid/alias/${encodeURIComponent(alias)}`)).cid;
}

async function queueOf(given: Given, session: Session) {
  const target = session.target();
  const cid = cidOf(given.text('cid') ?? target.demoCid);
  const { readQueue } = await import('./edges/device-queue.ts');
  const { depth, entries, more, ready } = await readQueue(userRedisOf(target), cid, maxShown);
  const messages = entries.map(({ seq, task, exp, body }) => ({
    seq,
    task,
    exp,
    ...(given.flag('bodies') ? { body } : {}),
  }));
  const head = `${depth} ${depth === 1 ? 'message waits' : 'messages wait'}${ready ? '' : '; the view of its partition is being filled again, so more may'}`;
  const rows = messages.map(({ seq, task, exp, body }): [string, string] => [
    task,
    `position ${seq}  until ${new Date(exp).toISOString()}${body === undefined ? '' : `  ${quoted(body)}`}`,
  ]);
  const tail = more ? `and further ones: the first ${maxShown} are shown\n` : '';
  return { document: { cid, depth, whole: ready, more, messages }, text: `${head}\n${lines(rows)}${tail}` };
}

/** @throws UsageError */
function cidOf(text: string | undefined): string {
  if (text === undefined) throw new UsageError('a cid is missing (there is no demo device here)');
  if (/^[0-9a-f]{32}$/.test(text)) return text;
  throw new UsageError(`${text}: a cid has 32 hex digits in lower case`);
}

function isoOf(ms: string | undefined): string | null {
  return ms === undefined ? null : new Date(Number(ms)).toISOString();
}
