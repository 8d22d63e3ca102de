import type { Case } from './cases.ts';
import type { Given } from './examples.ts';

/** What is answered where the schema alone says otherwise. The first that fits a case counts. */
interface Rule {
  call?: RegExp;
  parameter: RegExp;
  what?: RegExp;
  msg: string;
  /** HTTP status and code; 400 and 20001 for a fault where nothing is said. */
  code?: [http: number, code: number];
}

export interface Expected {
  http: number;
  code: number;
  msg: string;
}

const stranger = /^(another app's|nobody's)$/;
const twice = /^the same twice$/;
const unknownTask = /^(as long|another app's|nobody's)/;
const noTarget = 'target user is invalid';
const chooseOne = 'please choose one of notification and transmission and revoke';

const rules: Rule[] = [
  { parameter: /push_message\.(notification|transmission|revoke)$/, what: /^(missing|null)$/, msg: chooseOne },
  { parameter: /push_message\.revoke\.old_task_id$/, what: stranger, msg: 'success' },

  // Who signs wrongly is not told what was wrong.
  { call: /^auth$/, parameter: /^(sign|appkey)$/, what: /^as long/, msg: 'sign is invalid' },
  { call: /^auth$/, parameter: /^timestamp$/, what: /^of type/, msg: 'timestamp type error' },

  // Lists say which of their devices there are not.
  { call: /^push_list_cid$/, parameter: /^audience\.cid/, what: stranger, msg: 'success' },
  { call: /^(user_status|device_status|user_detail|report_task.*)$/, parameter: /./, what: stranger, msg: 'success' },
  {
    call: /^tag_(add|remove)$/,
    parameter: /^cid/,
    what: stranger,
    msg: 'tag operation failed for every cid',
    code: [400, 23_001],
  },
  { parameter: /cid(\[0\])?$/, what: stranger, msg: noTarget },
  { call: /^push_(single|batch)_alias$/, parameter: /audience\.alias\[0\]$/, what: /^as long/, msg: noTarget },

  // A time is good only in the next seven days.
  {
    parameter: /settings\.schedule_time$/,
    what: /^the (least|most)/,
    msg: 'settings.schedule_time is invalid',
    code: [400, 22_002],
  },
  { call: /^task_schedule/, parameter: /^taskid$/, what: unknownTask, msg: 'taskid is invalid', code: [400, 22_002] },

  // What happened to a task is nothing where there is no such task.
  { call: /^task_detail$/, parameter: /^taskid$/, what: unknownTask, msg: 'success' },
  { parameter: /^taskid$/, what: unknownTask, msg: 'taskid is invalid' },

  { call: /^push_batch_/, parameter: /^msg_list$/, what: twice, msg: 'contains duplicate request_id' },
  { call: /^push_list_cid$/, parameter: /^audience\.cid$/, what: twice, msg: 'contains duplicate cid' },
  { call: /^push_list_alias$/, parameter: /^audience\.alias$/, what: twice, msg: 'contains duplicate alias' },
  { call: /^alias_bind$/, parameter: /^data_list$/, what: twice, msg: 'contains duplicate cid' },
];

export function expectedOf(one: Case): Expected {
  const rule = rules.find(
    ({ call, parameter, what }) =>
      (call?.test(one.call) ?? true) && parameter.test(one.parameter) && (what?.test(one.what) ?? true),
  );
  const msg = rule?.msg ?? one.msg;
  const [http, code] = rule?.code ?? (msg === 'success' ? [200, 0] : [400, 20_001]);
  return { http, code, msg };
}

/** Parameters of which schemas say little, by call: what is changed, and the answer. */
export const furtherCases: Record<string, [change: Partial<Given>, answer: string | Expected][]> = {
  auth: [
    [{ body: { timestamp: '123' } }, 'timestamp is invalid'],
    [{ body: { timestamp: 1_500_000_000_000 } }, 'timestamp is invalid'],
    [{ body: { sign: 'f'.repeat(64) } }, 'sign is invalid'],
    [{ body: { appkey: 'another' } }, 'sign is invalid'],
  ],
  auth_delete: [[{ params: { token: 'a.b.c' } }, 'token is invalid']],
  tags_set: [
    [{ body: { custom_tag: ['a b'] } }, { http: 403, code: 30_003, msg: 'custom_tag[0] is invalid' }],
    [{ body: { custom_tag: [''] } }, { http: 403, code: 30_003, msg: 'custom_tag[0] is invalid' }],
    [{ body: { custom_tag: ['a'.repeat(33)] } }, { http: 403, code: 30_005, msg: 'custom_tag[0] size over limit' }],
    [{ body: { custom_tag: ['a'.repeat(32)] } }, 'success'],
    [{ body: { custom_tag: distinct(101) } }, { http: 403, code: 30_016, msg: 'custom_tag size over limit' }],
    [{ body: { custom_tag: distinct(100) } }, 'success'],
    [{ body: { custom_tag: [] } }, 'success'],
  ],
  ...Object.fromEntries(
    ['tag_add', 'tag_remove'].map((call) => [
      call,
      [
        [{ params: { tag: 'a b' } }, { http: 403, code: 30_003, msg: 'tag is invalid' }],
        [{ params: { tag: 'a'.repeat(33) } }, { http: 403, code: 30_005, msg: 'tag size over limit' }],
        [{ params: { tag: '字'.repeat(32) } }, 'success'],
      ],
    ]),
  ),
  report_date: [
    [{ params: { date: 'yesterday' } }, 'date is invalid'],
    [{ params: { date: '2025-02-30' } }, 'date is invalid'],
  ],
  badge_set: [
    [{ body: { badge: '1234567890' } }, 'badge is invalid'],
    [{ body: { badge: '-999999999' } }, 'success'],
  ],
};

function distinct(count: number): string[] {
  return Array.from({ length: count }, (_none, index) => `t${index}`);
}
