import Type, { type TObject } from 'typebox';
import { GivenCid, RestAlias } from '../../common/protocol/rest/fields.ts';
import { messageFaults } from '../../common/protocol/rest/message-rules.ts';
import { maxListTargets } from '../../common/protocol/rest/push-list.ts';
import { maxAheadMs } from '../../common/protocol/rest/settings.ts';
import { TagExpression } from '../../common/protocol/rest/tags.ts';
import { PushOrder } from '../calls/sends.ts';
import type { ConsoleFault } from './fault.ts';
import { type PushFault, pushFault } from './push-fault.ts';
import { faultsOf } from './reader.ts';

const maxFaults = 50;
const kinds = ['cid', 'alias', 'tag', 'all'] as const;
const values = { minItems: 1, maxItems: maxListTargets };

/** An order with the audience of one kind, so that a fault is told of what was meant. */
const schemas: Record<(typeof kinds)[number], TObject> = {
  cid: orderTo({ kind: Type.Literal('cid'), values: Type.Array(GivenCid, values) }),
  alias: orderTo({ kind: Type.Literal('alias'), values: Type.Array(RestAlias, values) }),
  tag: orderTo({ kind: Type.Literal('tag'), rules: TagExpression }),
  all: orderTo({ kind: Type.Literal('all') }),
};

function orderTo(audience: Record<string, Type.TSchema>): TObject {
  return Type.Object({ ...PushOrder.properties, audience: Type.Object(audience) });
}

/**
 * All that is wrong with what a form holds: by the schemas of the upstream API, and by its rules that span fields.
 *
 * @returns the order too, once nothing is wrong with it.
 */
export function checkOrder(draft: unknown, now: number): { faults: PushFault[]; order: PushOrder | undefined } {
  const given = draft as Partial<Record<keyof PushOrder, unknown>>;
  const kind = kinds.find((one) => one === (given.audience as { kind?: unknown } | undefined)?.kind);
  if (!kind) {
    const field = given.audience === undefined ? 'audience' : 'audience.kind';
    const others = faultsOf(schemas.all, { ...given, audience: { kind: 'all' } }).map(told);
    return {
      faults: [pushFault(field, 'no_audience_kind', kinds.join(', ')), ...others].slice(0, maxFaults),
      order: undefined,
    };
  }
  const bySchema = faultsOf(schemas[kind], given).map(told);
  if (bySchema.length > 0) return { faults: bySchema.slice(0, maxFaults), order: undefined };
  const order = given as PushOrder;
  const faults = [...messageFaults(order.message).map(ofMessage), ...ofOthers(order, now)];
  return faults.length > 0 ? { faults, order: undefined } : { faults, order };
}

function told({ reason, details: { field = '', allowed = '', params } }: ConsoleFault): PushFault {
  return pushFault(field, reason, allowed, params);
}

function ofMessage(fault: ReturnType<typeof messageFaults>[number]): PushFault {
  switch (fault.what) {
    case 'content':
      return pushFault('message', 'one_content', 'one of notification, transmission and revoke');
    case 'empty':
      return pushFault(`message.${fault.field}`, 'needed_by_click', 'a text');
    case 'invalid':
      return pushFault(`message.${fault.field}`, 'duration_too_short', 'over ten minutes');
  }
}

function ofOthers({ schedule, settings, requestId }: PushOrder, now: number): PushFault[] {
  const faults: PushFault[] = [];
  const dueAt = schedule ?? settings?.schedule_time;
  const field = schedule == null ? 'settings.schedule_time' : 'schedule';
  if (dueAt !== undefined && (dueAt <= now || dueAt > now + maxAheadMs)) {
    faults.push(pushFault(field, 'not_ahead', 'a time from now to 7 days ahead'));
  }
  if (!requestId.isWellFormed()) {
    faults.push(pushFault('requestId', 'half_character', 'text'));
  }
  return faults;
}
