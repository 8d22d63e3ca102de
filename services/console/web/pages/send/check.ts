import Type, { type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { Cid } from '../../../../common/protocol/ids.ts';
import { RestAlias } from '../../../../common/protocol/rest/fields.ts';
import { pushed } from '../../../../common/protocol/rest/push.ts';
import { maxListTargets } from '../../../../common/protocol/rest/push-list.ts';
import { TagExpression } from '../../../../common/protocol/rest/tags.ts';
import type { PushOrder } from '../../api/types.ts';
import type { AudienceKind } from './draft.ts';

/** What is wrong with a value: the rule that it breaks, and what it allows. Pages say it in the reader's language. */
export type FieldFault =
  | { rule: 'required' | 'cid' | 'alias' | 'integer' | 'url' | 'time' | 'invalid' | 'surrogate' }
  | { rule: 'tooLong' | 'tooShort' | 'tooMany' | 'least' | 'most'; limit: number };

/** By the field's name, as `message.notification.title`, `audience.rules[0].values`. */
export type Faults = ReadonlyMap<string, FieldFault>;

/** How far ahead a push may be scheduled. */
const maxAheadMs = 7 * 86_400_000;

/** Of each kind; one alone tells better what is wrong than all of them together. */
const audiences: Record<AudienceKind, TSchema> = {
  cid: Type.Object({ values: Type.Array(Cid, { minItems: 1, maxItems: maxListTargets }) }),
  alias: Type.Object({ values: Type.Array(RestAlias, { minItems: 1, maxItems: maxListTargets }) }),
  tag: Type.Object({ rules: TagExpression }),
  all: Type.Object({}),
};

/**
 * What is wrong with an order, field by field: the schemas of the upstream API, and the rules beside them.
 *
 * @param now ms; a scheduled time has to be after it
 */
export function faultsOf(order: PushOrder, now: number): Faults {
  const faults = new Map<string, FieldFault>();
  const add = (field: string, fault: FieldFault): void => {
    if (!faults.has(field)) faults.set(field, fault);
  };
  const check = (at: string, schema: TSchema, value: unknown): void => {
    for (const { keyword, instancePath, params } of Value.Errors(schema, value)) {
      const path = at + pathOf(instancePath);
      if (keyword !== 'required') add(fieldOf(path), faultOf(keyword, params as Params, order.audience.kind, path));
      else for (const name of (params as Params).requiredProperties ?? []) add(`${path}.${name}`, { rule: 'required' });
    }
  };
  check('audience', audiences[order.audience.kind], order.audience);
  check('message', pushed.push_message, order.message);
  check('settings', pushed.settings, order.settings);
  check('group', pushed.group_name, order.group ?? '');
  for (const [field, value] of textsOf(order)) if (!value.isWellFormed()) add(field, { rule: 'surrogate' });
  const { notification } = order.message;
  for (const name of ['url', 'intent', 'payload'] as const) {
    if (notification?.[name] === '') add(`message.notification.${name}`, { rule: 'required' });
  }
  if (notification?.url && !isWebPage(notification.url)) add('message.notification.url', { rule: 'url' });
  const { schedule } = order;
  if (typeof schedule === 'number' && !(schedule > now && schedule <= now + maxAheadMs))
    add('schedule', { rule: 'time' });
  return faults;
}

interface Params {
  limit?: number;
  comparison?: string;
  requiredProperties?: string[];
}

function faultOf(keyword: string, { limit = 0, comparison }: Params, kind: AudienceKind, path: string): FieldFault {
  if (/^audience\.values\[/.test(path)) return { rule: kind === 'alias' ? 'alias' : 'cid' };
  switch (keyword) {
    case 'minLength':
    case 'minItems':
      return limit === 1 ? { rule: 'required' } : { rule: 'tooShort', limit };
    case 'maxLength':
      return { rule: 'tooLong', limit };
    case 'maxItems':
      return { rule: 'tooMany', limit };
    case 'minimum':
    case 'maximum':
      return comparison === '<=' ? { rule: 'most', limit } : { rule: 'least', limit };
    case 'type':
      return { rule: 'integer' };
    default:
      return { rule: 'invalid' };
  }
}

/** Items of a list that is one field of the form are faults of that field. */
function fieldOf(path: string): string {
  return path.replace(/\.values\[\d+\]$/, '.values');
}

/** `/rules/0/values` → `.rules[0].values` */
function pathOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('');
}

function textsOf(order: PushOrder): [string, string][] {
  const { notification, transmission } = order.message;
  const texts: [string, string][] = Object.entries(notification ?? {}).flatMap(([name, value]) =>
    typeof value === 'string' ? [[`message.notification.${name}`, value] as [string, string]] : [],
  );
  if (transmission !== undefined) texts.push(['message.transmission', transmission]);
  if (order.group !== undefined) texts.push(['group', order.group]);
  return texts;
}

function isWebPage(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
