import { quotaOf } from '../../common/protocol/quotas.ts';
import { PushCountData } from '../../common/protocol/rest/quota.ts';
import { endpoint } from './endpoint.ts';
import { usedQuotas } from './quota.ts';

const names = { app: 'allPerDay', app_with_tag: 'tagPerDay', list: 'listPerDay' } as const;

export const reportCount = endpoint({
  name: 'report_count',
  method: 'GET',
  path: '/report/push/count',
  summary: 'What is left today of the pushes to all, to tags and to lists',
  data: PushCountData,
  example: {
    data: {
      gt: {
        app: { total_num: 10_000, push_num: 3, remain_num: 9_997, limit: false },
        app_with_tag: { total_num: 100_000, push_num: 0, remain_num: 100_000, limit: false },
        list: { total_num: 5_000, push_num: 5_000, remain_num: 0, limit: true },
      },
    },
  },
  async handle(context, { app }) {
    const { deps } = context;
    const quotas = (await context.findApp(app))?.quotas;
    const at = deps.now();
    const items = Object.values(names).map((name) => ({ app, at, name, windowMs: usedQuotas[name].windowMs }));
    const { results } = await deps.userRedis.quotaUsed({ items });
    const counted = Object.entries(names).map(([key, name], index) => {
      const total = quotaOf(quotas, name) ?? 0;
      const used = results[index]?.used ?? 0;
      const left = Math.max(0, total - used);
      return [key, { total_num: total, push_num: used, remain_num: left, limit: left === 0 }] as const;
    });
    return { gt: Object.fromEntries(counted) as PushCountData['gt'] };
  },
});
