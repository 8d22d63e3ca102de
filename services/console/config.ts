import Type, { type Static } from 'typebox';
import { addressConfig } from '../common/addresses/config.ts';
import { baseConfig, callsConfig } from '../common/base-config.ts';
import { mappingPattern } from './core/oidc-rights.ts';
import { targetPattern } from './core/readings/target.ts';

const ms = 'ms' as const;
const { trustedProxies, addressLimitExempt } = addressConfig;

export const Config = Type.Object({
  ...baseConfig,
  ...callsConfig,
  trustedProxies,
  addressLimitExempt,
  port: Type.Integer({
    default: 8082,
    minimum: 0,
    maximum: 65535,
    own: true,
    description: 'Port of the pages and their calls',
  }),
  imUrl: Type.String({
    default: 'http://127.0.0.1:8080',
    pattern: '^https?://[^/\\s]+/?$',
    description: 'Where the upstream API is: pushes are sent through it',
  }),
  publicApiUrl: Type.Optional(
    Type.String({
      pattern: '^https?://[^/\\s]+$',
      description: 'Where upstreams reach the API, for the command lines that the pages show; without it `imUrl`',
    }),
  ),
  instances: Type.Array(Type.String({ pattern: targetPattern }), {
    default: [],
    maxItems: 100,
    description:
      'Instances to look at, `role=host:port` of ops ports. A name that stands for several addresses, as a headless Service does, is as many instances. CM nodes are known by their leases',
  }),
  instancesFile: Type.Optional(
    Type.String({
      minLength: 1,
      own: true,
      description:
        'Further instances: a JSON file `{"instances": [{"role", "name", "url"}]}` that is read whenever it has changed',
    }),
  ),
  prometheusUrl: Type.Optional(
    Type.String({
      pattern: '^https?://[^/\\s]+(/\\S*)?$',
      secret: true,
      description:
        'A Prometheus that has the metrics of all roles, for the hour of the charts, with name and password where it asks for them; without it the console keeps the hour itself',
    }),
  ),
  prometheusProductLine: Type.Optional(
    Type.String({
      pattern: '^[a-z0-9-]{1,40}$',
      description: 'Label `product_line` of the series there that are meant, where it has those of several lines',
    }),
  ),
  publicUrl: Type.Optional(
    Type.String({
      pattern: '^https?://[^/\\s]+$',
      description:
        'Where browsers reach the console, without a path; needed for OpenID Connect, and then changes are taken from there alone',
    }),
  ),
  deviceUrl: Type.Optional(
    Type.String({
      pattern: '^wss?://\\S+$',
      description: 'Where virtual devices of the pages connect, as devices do; without it there are none',
    }),
  ),
  secureCookie: Type.Boolean({
    default: true,
    description: 'The session’s cookie goes over https only; false is for plain http on one machine',
  }),
  sessionMs: Type.Integer({
    default: 12 * 3_600_000,
    minimum: 60_000,
    maximum: 30 * 86_400_000,
    unit: ms,
    hot: true,
    description: 'How long a session lasts at the most',
  }),
  sessionIdleMs: Type.Integer({
    default: 3_600_000,
    minimum: 60_000,
    maximum: 30 * 86_400_000,
    unit: ms,
    hot: true,
    description: 'How long it lasts without a call',
  }),
  forcePasswordChange: Type.Boolean({
    default: true,
    description: 'Whoever was given a password has to change it before anything else',
  }),
  oidcIssuer: Type.Optional(
    Type.String({
      pattern: '^(https://|http://(127\\.0\\.0\\.1|localhost)[:/])\\S+$',
      description:
        'OpenID Connect: the provider that operators may sign in by, besides passwords. Needs `publicUrl`, whose `/console/api/session/oidc/callback` the provider has to know',
    }),
  ),
  oidcClientId: Type.Optional(
    Type.String({ minLength: 1, description: 'OpenID Connect: as whom the provider knows the console' }),
  ),
  oidcClientSecret: Type.Optional(
    Type.String({
      minLength: 1,
      secret: true,
      description: 'OpenID Connect: its secret there; without it it is a public client',
    }),
  ),
  oidcName: Type.String({
    default: 'OpenID Connect',
    minLength: 1,
    maxLength: 64,
    description: 'What the page of sign-in calls the provider',
  }),
  oidcScope: Type.String({
    default: 'openid profile email',
    pattern: '^openid( \\S+)*$',
    description: 'What it is asked for',
  }),
  oidcNameClaim: Type.String({
    default: 'preferred_username',
    minLength: 1,
    description: 'The claim that is an operator’s name',
  }),
  oidcRightsClaim: Type.String({
    default: 'groups',
    minLength: 1,
    description: 'The claim that rights come from: a text or a list of texts',
  }),
  oidcRights: Type.Array(Type.String({ pattern: mappingPattern }), {
    default: [],
    hot: true,
    description:
      'Rights by values of that claim: `ops=admin:*`, `shop-team=sender:APP`. Whoever has none of them is not let in; each sign-in gives the rights anew',
  }),
  firstOperator: Type.String({
    default: 'admin',
    pattern: '^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$',
    description: 'Name of the operator that is made at a start while there is none, an admin of all apps',
  }),
  firstPassword: Type.Optional(
    Type.String({
      minLength: 12,
      maxLength: 256,
      secret: true,
      description: 'The password of that one; without it none is made. Of no use any more once there is an operator',
    }),
  ),
});
export type Config = Static<typeof Config>;
