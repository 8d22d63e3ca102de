import Type, { type Static } from 'typebox';
import { baseConfig } from '../common/base-config.ts';

const ms = 'ms' as const;
const { instance, logLevel, host } = baseConfig;

/** The agent calls no other role, so it knows no secret of theirs. */
export const Config = Type.Object({
  instance: { ...instance, description: 'Name of the role’s instance, in its logs and in every sample' },
  logLevel,
  host,
  opsPort: Type.Integer({
    default: 7110,
    minimum: 0,
    maximum: 65535,
    description: 'Port of the agent’s own health; 0: any free port',
  }),
  graceMs: Type.Integer({
    default: 5_000,
    minimum: 100,
    unit: ms,
    description: 'How long a stop goes on pushing what waits',
  }),
  targetRole: Type.Enum(['cm', 'im', 'user-redis', 'user-mysql'], { description: 'The role it stands beside' }),
  targetUrl: Type.String({
    default: 'http://127.0.0.1:7100',
    pattern: '^http://[^/]+$',
    description: 'Ops port of that role, on this machine or in this pod',
  }),
  productLine: Type.String({
    default: 'longwire',
    pattern: '^[a-z0-9-]{1,40}$',
    description: 'Product line, a label of every sample',
  }),
  remoteWriteUrl: Type.String({
    pattern: '^https?://',
    description: 'Where samples go: the remote_write receiver of the main service, as `http://HOST:9090/api/v1/write`',
  }),
  remoteWriteToken: Type.Optional(
    Type.String({
      minLength: 1,
      secret: true,
      description: 'Sent to the main service: as a bearer token, or as the password of `remoteWriteUser`',
    }),
  ),
  remoteWriteUser: Type.Optional(
    Type.String({
      pattern: '^[^:]+$',
      description: 'Name at the main service, where that asks for one and a password, as a Prometheus itself does',
    }),
  ),
  scrapeMs: Type.Integer({
    default: 15_000,
    minimum: 1_000,
    unit: ms,
    description: 'How often the role’s metrics are read',
  }),
  pushMs: Type.Integer({
    default: 10_000,
    minimum: 100,
    unit: ms,
    description: 'How long one push may take',
  }),
  bufferSamples: Type.Integer({
    default: 200_000,
    minimum: 1_000,
    description:
      'Samples that wait for the main service at the most: ten minutes of 4,800 series every 15 s; then the oldest go',
  }),
  bufferBytes: Type.Integer({
    default: 8_388_608,
    minimum: 65_536,
    unit: 'bytes',
    description: 'Bytes, compressed, that wait for the main service at the most; then the oldest go',
  }),
});
export type Config = Static<typeof Config>;
