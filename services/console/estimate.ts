import { Check } from 'typebox/value';
import type { LongwireError } from '../common/errors.ts';
import { Cid } from '../common/protocol/ids.ts';
import type { UserMysqlCalls } from '../common/protocol/user-mysql-calls.ts';
import type { Client } from '../common/rpc/contract.ts';
import { Audience } from './calls/sends.ts';
import { type PushFault, pushFault } from './core/push-fault.ts';

/** Counting takes no longer: what is not known by then is not told. */
const countMs = 2_500;
const dayMs = 86_400_000;

export interface Estimate {
  /** Devices that it would go to; null: not known. */
  estimate: number | null;
  /** Values that the app has no device for. */
  unknown: PushFault[];
}

/** Whom a push would go to. Where user-mysql is away nobody knows. */
export async function estimateOf(
  mysql: Client<UserMysqlCalls>,
  app: string,
  audience: unknown,
  now: () => number,
): Promise<Estimate> {
  if (!Check(Audience, audience)) return { estimate: null, unknown: [] };
  try {
    switch (audience.kind) {
      case 'cid':
        return await ofCids(mysql, app, audience.values);
      case 'alias':
        return await ofAliases(mysql, app, audience.values);
      case 'tag': {
        const where = audience.rules.map(({ key, values, opt_type: opt }) => ({ key, values, opt }));
        return { estimate: await countTags(mysql, app, where, now), unknown: [] };
      }
      case 'all': {
        const { total } = await mysql.userDay({ app, from: now() - (now() % dayMs) }, { deadlineMs: countMs });
        return { estimate: total, unknown: [] };
      }
    }
  } catch (error) {
    if (!(error as Partial<LongwireError>).retryable) throw error;
    return { estimate: null, unknown: [] };
  }
}

async function ofCids(mysql: Client<UserMysqlCalls>, app: string, values: string[]): Promise<Estimate> {
  const wellFormed = values.map((cid) => (Check(Cid, cid) ? cid : undefined));
  const items = wellFormed.flatMap((cid) => (cid === undefined ? [] : [{ app, cid }]));
  const results = items.length > 0 ? (await mysql.devices({ items }, { deadlineMs: countMs })).results : [];
  const known = new Set(items.flatMap(({ cid }, index) => (results[index] ? [cid] : [])));
  const unknown = values.flatMap((cid, index) =>
    known.has(cid) ? [] : [pushFault(`audience.values[${index}]`, 'no_device_of_app', 'cids of this app')],
  );
  return { estimate: known.size, unknown: unknown.slice(0, maxUnknown) };
}

async function ofAliases(mysql: Client<UserMysqlCalls>, app: string, values: string[]): Promise<Estimate> {
  const { results } = await mysql.cidsOf({ items: values.map((alias) => ({ app, alias })) }, { deadlineMs: countMs });
  const unknown = results.flatMap(({ cids }, index) =>
    cids.length > 0 ? [] : [pushFault(`audience.values[${index}]`, 'alias_unused', 'aliases of this app')],
  );
  return { estimate: new Set(results.flatMap(({ cids }) => cids)).size, unknown: unknown.slice(0, maxUnknown) };
}

const maxUnknown = 20;

async function countTags(
  mysql: Client<UserMysqlCalls>,
  app: string,
  where: Parameters<Client<UserMysqlCalls>['tagCount']>[0]['where'],
  now: () => number,
): Promise<number | null> {
  const end = now() + countMs;
  let count = 0;
  let after: string | null = null;
  do {
    const leftMs = end - now();
    if (leftMs <= 0) return null;
    const page: { count: number; next: string | null } = await mysql.tagCount(
      { app, where, after },
      { deadlineMs: leftMs },
    );
    count += page.count;
    after = page.next;
  } while (after !== null);
  return count;
}
