import { example } from '../../common/protocol/rest/examples.ts';
import { OnlineData, UserDayData } from '../../common/protocol/rest/user-report.ts';
import { onlineEveryMs } from '../../common/protocol/user-report-calls.ts';
import { DateParam, dayMs, startOfDate } from './date-param.ts';
import { endpoint } from './endpoint.ts';

export const reportUserDay = endpoint({
  name: 'report_user_date',
  method: 'GET',
  path: '/report/user/date/:date',
  summary: 'How many devices there were on a day, UTC, and how many of them registered, logged in and were online',
  params: DateParam,
  data: UserDayData,
  example: {
    params: { date: example.date },
    data: { [example.date]: { accumulative_num: 5_000, register_num: 20, active_num: 3_100, online_num: 2_400 } },
  },
  async handle({ deps }, { app, params }) {
    const day = await deps.userMysql.userDay({ app, from: startOfDate(params.date) });
    return {
      [params.date]: {
        accumulative_num: day.total,
        register_num: day.registered,
        active_num: day.active,
        online_num: day.online,
      },
    };
  },
});

export const reportOnline = endpoint({
  name: 'report_online_user',
  method: 'GET',
  path: '/report/online_user',
  summary: 'How many devices were online in the last 24 hours',
  data: OnlineData,
  example: { data: { online_statics: { '1763996400000': 2_390, '1763997000000': 2_400 } } },
  async handle({ deps }, { app }) {
    const now = deps.now();
    const { points } = await deps.userMysql.onlinePoints({ app, after: now - dayMs });
    return { online_statics: { ...zeros(now), ...Object.fromEntries(points.map(({ at, n }) => [String(at), n])) } };
  },
});

/** Nodes say nothing of apps of which they hold no device: a point without a word is one without devices. */
function zeros(now: number): Record<string, number> {
  const last = Math.floor(now / onlineEveryMs) * onlineEveryMs;
  const count = dayMs / onlineEveryMs;
  return Object.fromEntries(
    Array.from({ length: count }, (_none, index) => [String(last - (count - 1 - index) * onlineEveryMs), 0]),
  );
}
