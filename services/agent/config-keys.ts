import { hostname } from 'node:os';

/** A key as JSON Schema says it, as far as `core/read-config.ts` understands it. */
export interface Key {
  type: 'string' | 'integer';
  description: string;
  default?: string | number;
  /** May be left out. */
  optional?: boolean;
  enum?: string[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  unit?: 'ms' | 'bytes';
  secret?: boolean;
  own?: boolean;
  hot?: boolean;
}

/** Values by key, checked. */
export interface AgentConfig {
  instance: string;
  logLevel: 'debug' | 'info' | 'warn' | 'error';
  host: string;
  opsPort: number;
  graceMs: number;
  targetRole: 'cm' | 'im' | 'user-redis' | 'user-mysql' | 'console';
  targetUrl: string;
  productLine: string;
  remoteWriteUrl: string;
  remoteWriteToken?: string;
  remoteWriteUser?: string;
  scrapeMs: number;
  pushMs: number;
  bufferSamples: number;
  bufferBytes: number;
}

/**
 * The agent calls no other role, so it knows no secret of theirs. These are plain data: the library of schemas, which the roles have,
 * would be a third of the agent's memory.
 */
export const configKeys: Record<keyof AgentConfig, Key> = {
  instance: {
    ...{ type: 'string', default: hostname(), minLength: 1, maxLength: 64, own: true },
    description: 'Name of the role’s instance, in its logs and in every sample',
  },
  logLevel: {
    ...{ type: 'string', default: 'info', enum: ['debug', 'info', 'warn', 'error'], hot: true },
    description: 'Least severe level that is logged',
  },
  host: { type: 'string', default: '127.0.0.1', own: true, description: 'Address that this instance listens on' },
  opsPort: {
    ...{ type: 'integer', default: 7110, minimum: 0, maximum: 65535 },
    description: 'Port of the agent’s own health; 0: any free port',
  },
  graceMs: {
    ...{ type: 'integer', default: 5_000, minimum: 100, unit: 'ms' },
    description: 'How long a stop goes on pushing what waits',
  },
  targetRole: {
    ...{ type: 'string', enum: ['cm', 'im', 'user-redis', 'user-mysql', 'console'] },
    description: 'The role it stands beside',
  },
  targetUrl: {
    ...{ type: 'string', default: 'http://127.0.0.1:7100', pattern: '^http://[^/]+$' },
    description: 'Ops port of that role, on this machine or in this pod',
  },
  productLine: {
    ...{ type: 'string', default: 'longwire', pattern: '^[a-z0-9-]{1,40}$' },
    description: 'Product line, a label of every sample',
  },
  remoteWriteUrl: {
    ...{ type: 'string', pattern: '^https?://' },
    description: 'Where samples go: the remote_write receiver of the main service, as `http://HOST:9090/api/v1/write`',
  },
  remoteWriteToken: {
    ...{ type: 'string', optional: true, minLength: 1, secret: true },
    description: 'Sent to the main service: as a bearer token, or as the password of `remoteWriteUser`',
  },
  remoteWriteUser: {
    ...{ type: 'string', optional: true, pattern: '^[^:]+$' },
    description: 'Name at the main service, where that asks for one and a password, as a Prometheus itself does',
  },
  scrapeMs: {
    ...{ type: 'integer', default: 15_000, minimum: 1_000, unit: 'ms' },
    description: 'How often the role’s metrics are read',
  },
  pushMs: {
    ...{ type: 'integer', default: 10_000, minimum: 100, unit: 'ms' },
    description: 'How long one push may take',
  },
  bufferSamples: {
    ...{ type: 'integer', default: 200_000, minimum: 1_000 },
    description:
      'Samples that wait for the main service at the most: ten minutes of 4,800 series every 15 s; then the oldest go',
  },
  bufferBytes: {
    ...{ type: 'integer', default: 8_388_608, minimum: 65_536, unit: 'bytes' },
    description: 'Bytes, compressed, that wait for the main service at the most; then the oldest go',
  },
};
