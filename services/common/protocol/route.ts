import Type, { type Static } from 'typebox';

/** Where a device is connected: a connection of one boot of one CM node. Live only while that node's lease has that boot. */
export const Route = Type.Object({
  node: Type.String({ pattern: '^[A-Za-z0-9_.-]{1,64}$' }),
  boot: Type.String({ pattern: '^[0-9a-z]{1,32}$' }),
  conn: Type.Integer({ minimum: 1 }),
});
export type Route = Static<typeof Route>;
