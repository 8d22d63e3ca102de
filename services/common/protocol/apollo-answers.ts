import Type, { type Static } from 'typebox';

/** Answer of a meta server to `GET /services/config`: where config servers are. Of each only what is used. */
export const ConfigServers = Type.Array(Type.Object({ homepageUrl: Type.String({ pattern: '^https?://' }) }), {
  maxItems: 100,
});

/** Answer to `GET /configs/{appId}/{cluster}/{namespace}`. */
export const ApolloRelease = Type.Object({
  namespaceName: Type.String(),
  releaseKey: Type.String({ minLength: 1, maxLength: 200 }),
  configurations: Type.Record(Type.String(), Type.String()),
});
export type ApolloRelease = Static<typeof ApolloRelease>;

/** Answer to `GET /notifications/v2`: the namespaces that were released since. `messages` goes back with the next read. */
export const Notifications = Type.Array(
  Type.Object({
    namespaceName: Type.String(),
    notificationId: Type.Integer(),
    messages: Type.Optional(Type.Unknown()),
  }),
  { maxItems: 100 },
);
export type Notifications = Static<typeof Notifications>;
