import Type, { type Static } from 'typebox';
import { GivenCid, RestAlias } from './fields.ts';

export const AliasListBody = Type.Object({
  data_list: Type.Array(Type.Object({ cid: GivenCid, alias: RestAlias }), { minItems: 1, maxItems: 1_000 }),
});
export type AliasListBody = Static<typeof AliasListBody>;

export const AliasData = Type.Object({ alias: Type.String({ description: 'Empty: none is bound' }) });
export const CidsData = Type.Object({ cid: Type.Array(Type.String()) });

export const maxStatusCids = 1_000;

export const UserStatusData = Type.Record(
  Type.String(),
  Type.Object({
    last_login_time: Type.Optional(
      Type.String({ description: 'ms since the Unix epoch; missing if it never logged in' }),
    ),
    status: Type.Enum(['online', 'offline']),
  }),
  { description: 'By cid; those that the app does not have are left out' },
);
export type UserStatusData = Static<typeof UserStatusData>;
