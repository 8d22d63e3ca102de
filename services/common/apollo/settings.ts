import { networkInterfaces } from 'node:os';
import Type, { type Static } from 'typebox';
import { ConfigError } from '../config.ts';

const name = '^[A-Za-z0-9._-]{1,64}$';

/** Keys that say where the config centre is: each instance has them before it can ask, so they never come from it. */
export const apolloKeys = {
  apolloMeta: Type.Optional(
    Type.Array(Type.String({ pattern: '^([A-Za-z0-9_-]+=)?https?://[^\\s,]+$' }), {
      minItems: 1,
      own: true,
      description:
        'Meta servers of Apollo, `http://host:port` or, of one environment, `ENV=http://host:port`. Without it there is no config centre',
    }),
  ),
  apolloEnv: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9_-]+$',
      own: true,
      description: 'Environment: only meta servers given without one, or with this one, are asked',
    }),
  ),
  apolloAppId: Type.String({
    default: 'longwire',
    pattern: name,
    own: true,
    description: 'The product line’s application in Apollo',
  }),
  apolloCluster: Type.String({ default: 'default', pattern: name, own: true, description: 'Cluster in Apollo' }),
  apolloNamespaces: Type.Optional(
    Type.Array(Type.String({ pattern: name }), {
      minItems: 1,
      maxItems: 8,
      own: true,
      description:
        'Namespaces, later wins; the last is the role’s own, those before it are shared. `application` and the role’s name unless set',
    }),
  ),
  apolloAccessKey: Type.Optional(
    Type.String({
      minLength: 1,
      secret: true,
      description: 'Access key of the application in Apollo, where it has one',
    }),
  ),
  apolloLabel: Type.Optional(
    Type.String({ pattern: name, own: true, description: 'Label of this instance, for gray releases' }),
  ),
  apolloIp: Type.Optional(
    Type.String({
      pattern: '^[0-9a-fA-F.:]+$',
      own: true,
      description: 'Address of this instance, for gray releases; its first IPv4 address unless set',
    }),
  ),
  apolloBackupDir: Type.Optional(
    Type.String({
      minLength: 1,
      own: true,
      description: 'Folder of the backup of the last good release. Without it there is none',
    }),
  ),
  apolloStartMs: Type.Integer({
    default: 10_000,
    minimum: 100,
    maximum: 120_000,
    own: true,
    unit: 'ms',
    description: 'How long a start tries to reach Apollo; with a backup it tries each server once, within that',
  }),
  apolloRequired: Type.Boolean({
    default: true,
    own: true,
    description:
      'With neither Apollo nor a backup a start fails; false: it goes on without, and takes hot keys when Apollo answers',
  }),
};
const Keys = Type.Object(apolloKeys);

/** What a client of Apollo is told. */
export interface ApolloSettings {
  metas: string[];
  env: string | undefined;
  appId: string;
  cluster: string;
  /** Later wins; all but the last are shared between roles. */
  namespaces: string[];
  accessKey: string | undefined;
  label: string | undefined;
  ip: string;
  backupDir: string | undefined;
  startMs: number;
  required: boolean;
}

/**
 * @param service gives its name to the role's own namespace.
 * @returns undefined where there is no config centre.
 * @throws ConfigError if no meta server is left for the environment.
 */
export function apolloSettings(config: Static<typeof Keys>, service: string): ApolloSettings | undefined {
  if (config.apolloMeta === undefined) return undefined;
  const metas = metasOf(config.apolloMeta, config.apolloEnv);
  if (metas.length === 0) {
    throw new ConfigError([`apolloMeta: names no meta server of environment ${config.apolloEnv ?? '(none is set)'}`]);
  }
  return {
    metas,
    env: config.apolloEnv,
    appId: config.apolloAppId,
    cluster: config.apolloCluster,
    namespaces: config.apolloNamespaces ?? ['application', service],
    accessKey: config.apolloAccessKey,
    label: config.apolloLabel,
    ip: config.apolloIp ?? firstAddress(),
    backupDir: config.apolloBackupDir,
    startMs: config.apolloStartMs,
    required: config.apolloRequired,
  };
}

function metasOf(entries: string[], env: string | undefined): string[] {
  return entries.flatMap((entry) => {
    const [, of, url = ''] = /^(?:([A-Za-z0-9_-]+)=)?(.*)$/.exec(entry) ?? [];
    return of === undefined || of === env ? [url] : [];
  });
}

function firstAddress(): string {
  const outside = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).filter(({ family, internal }) => family === 'IPv4' && !internal),
  );
  return outside[0]?.address ?? '127.0.0.1';
}
