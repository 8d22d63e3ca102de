import Type, { type Static } from 'typebox';
import { GivenCid, GivenTaskId, RestAlias } from './fields.ts';
import { cidStatuses, pushed } from './push.ts';

export const maxListTargets = 1_000;

export const ListMessageBody = Type.Object(pushed);
export type ListMessageBody = Static<typeof ListMessageBody>;

export const TaskIdData = Type.Object({ taskid: Type.String() });

const list = {
  taskid: GivenTaskId,
  is_async: Type.Optional(Type.Boolean({ description: 'Answers at once, without data' })),
  need_alias_detail: Type.Optional(Type.Boolean({ description: 'Answers statuses by alias, then by cid' })),
};

export const ListCidBody = Type.Object({
  ...list,
  audience: Type.Object({ cid: Type.Array(GivenCid, { minItems: 1, maxItems: maxListTargets }) }),
});
export const ListAliasBody = Type.Object({
  ...list,
  audience: Type.Object({ alias: Type.Array(RestAlias, { minItems: 1, maxItems: maxListTargets }) }),
});

export const listStatuses = [...cidStatuses, 'not_found'] as const;
export type ListStatus = (typeof listStatuses)[number];

const Status = Type.Enum([...listStatuses], { description: 'not_found: no such device or alias in this app' });

export const ListData = Type.Record(
  Type.String(),
  Type.Record(Type.String(), Type.Union([Status, Type.Record(Type.String(), Status)])),
  { description: 'By task id, then by cid; with need_alias_detail by task id, alias and cid' },
);
export type ListData = Static<typeof ListData>;
