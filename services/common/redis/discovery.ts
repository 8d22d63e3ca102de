import { isIP } from 'node:net';
import { Redis } from 'ioredis';
import { withDeadline } from '../bus/deadline.ts';
import type { RedisAddress } from './address.ts';
import { slotCount } from './slots.ts';
import { keepCommandsYoung } from './young-commands.ts';

keepCommandsYoung();

/** Where a master is, and the slots (from, to) that are its own. */
export interface MasterPlace {
  host: string;
  port: number;
  slots: [from: number, to: number][];
}

/** One that tells of others has to do it soon: whoever is asked may be on the host that just died. */
const longestAskMs = 1_000;

const everything: MasterPlace['slots'] = [[0, slotCount - 1]];

/** A client of one server that never connects by itself again: whoever has it makes a new one, with a new look-up of the name. */
export function clientOf(
  address: RedisAddress,
  place: { host: string; port: number },
  name: string,
  deadlineMs: number,
  protocol: 2 | 3 = 2,
): Redis {
  return bareClient(address, place, deadlineMs, {
    ...{ connectionName: name, protocol },
    db: address.db,
    ...(address.username === undefined ? {} : { username: address.username }),
    ...(address.password === undefined ? {} : { password: address.password }),
  });
}

/** Where the masters are now. @throws Error if nobody tells. */
export async function discover(
  address: RedisAddress,
  known: { host: string; port: number }[],
  deadlineMs: number,
): Promise<MasterPlace[]> {
  const askMs = Math.min(longestAskMs, deadlineMs);
  switch (address.kind) {
    case 'single':
      return [{ ...address.hosts[0]!, slots: everything }];
    case 'sentinel':
      return [{ ...(await askSentinels(address, askMs)), slots: everything }];
    case 'cluster':
      return askCluster(address, known, askMs);
  }
}

/** Of all Sentinels that answer, the one with the latest turn knows best: one that was cut off still names the old master. */
async function askSentinels(address: RedisAddress, deadlineMs: number): Promise<{ host: string; port: number }> {
  const credentials = {
    ...(address.sentinelUsername === undefined ? {} : { username: address.sentinelUsername }),
    ...(address.sentinelPassword === undefined ? {} : { password: address.sentinelPassword }),
  };
  const answers = await Promise.allSettled(
    address.hosts.map((place) =>
      asked(bareClient(address, place, deadlineMs, credentials), deadlineMs, async (sentinel) => {
        const flat = (await sentinel.call('SENTINEL', 'MASTER', address.master!)) as string[];
        const field = (name: string): string => flat[flat.indexOf(name) + 1] ?? '';
        return { host: field('ip'), port: Number(field('port')), turn: Number(field('config-epoch')) };
      }),
    ),
  );
  const told = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const [latest] = told.sort((a, b) => b.turn - a.turn);
  if (latest) return { host: latest.host, port: latest.port };
  throw new Error('no Sentinel names the master', { cause: reasonOf(answers) });
}

/** The first node that is not cut off from the rest, as far as it knows, and tells of masters for all slots. */
async function askCluster(
  address: RedisAddress,
  known: { host: string; port: number }[],
  deadlineMs: number,
): Promise<MasterPlace[]> {
  let cause: unknown;
  for (const place of [...known, ...address.hosts]) {
    try {
      return await asked(clientOf(address, place, 'longwire-slots', deadlineMs), deadlineMs, async (node) => {
        const state = String(await node.call('CLUSTER', 'INFO'));
        if (!state.includes('cluster_state:ok')) throw new Error('the Cluster is down, as this node sees it');
        const rows = (await node.call('CLUSTER', 'SLOTS')) as [number, number, [string, number]][];
        return placesOf(rows, place.host);
      });
    } catch (error) {
      cause = error;
    }
  }
  throw new Error('no node of the Cluster tells of masters for all slots', { cause });
}

function placesOf(rows: [number, number, [string, number]][], askedHost: string): MasterPlace[] {
  const places = new Map<string, MasterPlace>();
  let covered = 0;
  for (const [from, to, [named, port]] of rows) {
    // A node that doesn't know its own address leaves it out.
    const host = named === '' || named === '?' || named === null ? askedHost : named;
    const place = places.get(`${host} ${port}`) ?? { host, port: Number(port), slots: [] };
    place.slots.push([Number(from), Number(to)]);
    places.set(`${host} ${port}`, place);
    covered += Number(to) - Number(from) + 1;
  }
  if (covered < slotCount) throw new Error(`${slotCount - covered} slots of the Cluster have no master`);
  return [...places.values()];
}

function bareClient(
  address: RedisAddress,
  { host, port }: { host: string; port: number },
  deadlineMs: number,
  more: object,
): Redis {
  const client = new Redis({
    ...{ host, port, family: address.family },
    ...(address.tls ? { tls: isIP(host) ? {} : { servername: host } } : {}),
    protocol: 2,
    lazyConnect: true,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: deadlineMs,
    keepAlive: 5_000,
    retryStrategy: null,
    ...more,
  });
  // What fails is told by the call that was made.
  client.on('error', () => {});
  return client;
}

async function asked<T>(client: Redis, deadlineMs: number, question: (client: Redis) => Promise<T>): Promise<T> {
  try {
    await withDeadline(client.connect(), deadlineMs, 'redis');
    return await withDeadline(question(client), deadlineMs, 'redis');
  } finally {
    client.disconnect();
  }
}

function reasonOf(answers: PromiseSettledResult<unknown>[]): unknown {
  return answers.find((answer) => answer.status === 'rejected')?.reason;
}
