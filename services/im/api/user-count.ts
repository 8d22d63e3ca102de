import { UserCountBody, UserCountData } from '../../common/protocol/rest/tags.ts';
import { endpoint } from './endpoint.ts';
import { busy } from './faults.ts';
import { whereOf } from './tag-where.ts';

/** How long one answer may be counted for, within the time of a request. */
const countForMs = 15_000;

export const userCount = endpoint({
  name: 'user_count',
  method: 'POST',
  path: '/user/count',
  summary: 'How many devices fit an expression of tags',
  body: UserCountBody,
  data: UserCountData,
  example: {
    body: { tag: [{ key: 'custom_tag', values: ['vip', 'beijing'], opt_type: 'and' }] },
    data: { user_count: 1 },
  },
  async handle({ deps }, { app, body }) {
    const where = whereOf(body.tag);
    const end = deps.now() + countForMs;
    let count = 0;
    let after: string | null = null;
    do {
      if (deps.now() >= end) throw busy();
      const part: { count: number; next: string | null } = await deps.userMysql.tagCount({ app, where, after });
      count += part.count;
      after = part.next;
    } while (after !== null);
    return { user_count: count };
  },
});
