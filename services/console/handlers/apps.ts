import { randomBytes } from 'node:crypto';
import type { App } from '../../common/protocol/app.ts';
import type { AppSummary } from '../../common/protocol/app-calls.ts';
import { defaultQuotas, type QuotaName, quotaNames, quotaOf } from '../../common/protocol/quotas.ts';
import type { AppDetail, appsCalls } from '../calls/apps.ts';
import { defaultPageItems } from '../calls/lists.ts';
import { asking, badField, notFound } from '../core/fault.ts';
import type { Rights } from '../core/rights.ts';
import type { HandlerDeps } from './deps.ts';
import type { Handlers } from './handler.ts';

const windowsMs = { minute: 60_000, day: 86_400_000 };
/** They are counted as rates, which nobody can read. */
const uncounted: readonly QuotaName[] = ['authsPerMinute', 'tagChangesPerMinute'];
/** How long the users' Redis is waited for: without it what is used is unknown, and the rest is shown. */
const usedMs = 1_000;

export function appsHandlers({
  mysql,
  redis,
  now,
  log,
}: HandlerDeps): Omit<Handlers<typeof appsCalls>, 'testCallback' | 'callbacks'> {
  async function detailOf(app: App): Promise<AppDetail> {
    const { appId, appKey, name, disabled, callbackUrl } = app;
    const [summary, used] = await Promise.all([summariesOf([appId]), usedOf(app)]);
    return {
      ...{ appId, name, appKey, disabled, callbackUrl: callbackUrl ?? null },
      createdAt: summary[0]?.createdAt ?? 0,
      quotas: quotaNames.map((quota) => ({
        ...{ name: quota, per: perOf(quota), limit: quotaOf(app.quotas, quota) },
        ...{ default: defaultQuotas[quota], used: used.get(quota) ?? null },
      })),
    };
  }

  async function usedOf({ appId, quotas }: App): Promise<Map<QuotaName, number>> {
    const counted = quotaNames.filter((name) => !uncounted.includes(name) && quotaOf(quotas, name) !== null);
    if (counted.length === 0) return new Map();
    const items = counted.map((name) => ({ app: appId, at: now(), name, windowMs: windowsMs[perOf(name)] }));
    try {
      const { results } = await redis.quotaUsed({ items }, { deadlineMs: usedMs });
      return new Map(counted.map((name, index) => [name, results[index]!.used]));
    } catch (error) {
      log.debug({ err: error }, 'what is used of quotas is unknown');
      return new Map();
    }
  }

  async function summariesOf(ids: string[]): Promise<AppSummary[]> {
    if (ids.length === 0) return [];
    const items = ids.map((appId) => ({ appId }));
    const { results } = await asking('user-mysql', mysql.appSummaries({ items }));
    return results.flatMap(({ app }) => app ?? []);
  }

  async function pageOf(
    rights: Rights,
    after: string,
    limit: number,
  ): Promise<{ apps: AppSummary[]; last: string | undefined; full: boolean }> {
    if (rights.apps === null) {
      const { apps } = await asking('user-mysql', mysql.listApps({ after, limit }));
      return { apps, last: apps.at(-1)?.appId, full: apps.length === limit };
    }
    const ids = rights.apps.filter((id) => id > after).slice(0, limit);
    return { apps: await summariesOf(ids), last: ids.at(-1), full: ids.length === limit };
  }

  return {
    async listApps({ query: { after = '', limit = defaultPageItems }, rights }) {
      if (!/^[A-Za-z0-9_-]{0,64}$/.test(after)) throw badField('after', 'no_page_key', 'what `next` was');
      const { apps, last, full } = await pageOf(rights, after, limit);
      return { items: apps, next: full ? (last ?? null) : null };
    },

    async createApp({ body: { name }, note }) {
      const [appKey, masterSecret, appSecret] = [newSecret(), newSecret(), newSecret()];
      const appId = randomBytes(12).toString('hex');
      note({ app: appId, detail: { name } });
      const made = { appId, appKey, masterSecret, appSecret, name, disabled: false };
      await asking('user-mysql', mysql.createApp(made), { conflict: 'app_id_taken' });
      return { appId, name, appKey, masterSecret, appSecret };
    },

    async app({ params }) {
      const { app } = await asking('user-mysql', mysql.app({ appId: params.app }));
      if (app === null) throw notFound('app');
      return detailOf(app);
    },

    async changeApp({ params, body, note }) {
      note({ detail: { ...body } });
      const { callbackUrl } = body;
      if (callbackUrl && !URL.canParse(callbackUrl))
        throw badField('callbackUrl', 'no_url', 'http:// or https:// and a host');
      const { app } = await asking('user-mysql', mysql.changeApp({ appId: params.app, ...body }));
      if (app === null) throw notFound('app');
      return detailOf(app);
    },

    async rotateSecret({ params, body: { which, graceMs }, note }) {
      note({ target: which, detail: { graceMs } });
      const secret = newSecret();
      const { app } = await asking('user-mysql', mysql.rotateSecret({ appId: params.app, which, secret, graceMs }));
      if (app === null) throw notFound('app');
      return { secret };
    },
  };
}

function perOf(name: QuotaName): 'minute' | 'day' {
  return name.endsWith('PerMinute') ? 'minute' : 'day';
}

function newSecret(): string {
  return randomBytes(16).toString('hex');
}
