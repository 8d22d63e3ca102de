import Type, { type Static } from 'typebox';
import { text } from './fields.ts';

export const AuthBody = Type.Object({
  sign: text(128, { description: 'hex SHA-256 of appkey + timestamp + masterSecret' }),
  timestamp: Type.Unsafe<string | number>({
    type: ['string', 'integer'],
    minLength: 1,
    description: 'ms since the Unix epoch, 13 digits, at most 10 min off; its decimal text is what is signed',
  }),
  appkey: text(128),
});
export type AuthBody = Static<typeof AuthBody>;

export const AuthData = Type.Object({
  expire_time: Type.String({ description: 'ms since the Unix epoch' }),
  token: Type.String(),
});
export type AuthData = Static<typeof AuthData>;
