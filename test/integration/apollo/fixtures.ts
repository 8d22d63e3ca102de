import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import Type from 'typebox';
import { onTestFinished } from 'vitest';
import { openConfig } from '../../../services/common/apollo/open.ts';
import { baseConfig } from '../../../services/common/base-config.ts';
import { Health } from '../../../services/common/health.ts';
import { Lifecycle } from '../../../services/common/lifecycle.ts';
import { type ApolloOptions, ApolloRig } from '../../rigs/apollo.ts';

/** A role of the tests, `greeter`. */
export const Schema = Type.Object({
  ...baseConfig,
  greeting: Type.String({ default: 'hello', maxLength: 20, hot: true, description: 'x' }),
  times: Type.Integer({ default: 1, minimum: 1, maximum: 9, hot: true, description: 'x' }),
  loud: Type.Boolean({ default: false, hot: true, description: 'x' }),
  room: Type.Integer({ default: 10, minimum: 1, description: 'x' }),
});

export interface Line {
  level: string;
  msg: string;
  fault?: string;
  key?: string;
}

/** A running role: its configuration, what it logs, and its pages. */
export interface Role {
  config: Readonly<Type.Static<typeof Schema>>;
  lines: Line[];
  /** `/health/ready`, as to the configuration. */
  ready: () => Record<string, unknown>;
  metric: (line: string) => Promise<string | undefined>;
  stop: () => Promise<void>;
}

export async function rigOf(options: ApolloOptions = {}): Promise<ApolloRig> {
  const rig = await ApolloRig.start(options);
  onTestFinished(() => rig.stop());
  return rig;
}

export function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-apollo-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export const ownEnv = { LONGWIRE_INTERNAL_SECRETS: 'a secret of sixteen or more', LONGWIRE_APOLLO_START_MS: '20000' };

/** Starts the role as a `main.ts` does. */
export async function startRole(env: Record<string, string>): Promise<Role> {
  const { config, follow } = await openConfig('greeter', Schema, { ...ownEnv, ...env });
  const lines: Line[] = [];
  const log = pino(
    { level: config.logLevel, formatters: { level: (label) => ({ level: label }) } },
    { write: (line: string) => void lines.push(JSON.parse(line) as Line) },
  );
  const registry = new Registry();
  const health = new Health();
  const lifecycle = new Lifecycle(log);
  follow({ log, registry, health, lifecycle });
  const stop = (): Promise<void> => lifecycle.stop(5_000);
  onTestFinished(stop);
  return {
    config,
    lines,
    ready: () => health.ready()['config'] as Record<string, unknown>,
    async metric(name) {
      const text = await registry.metrics();
      return text
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.slice(name.length + 1);
    },
    stop,
  };
}

export const warnings = ({ lines }: Role): Line[] => lines.filter(({ level }) => level !== 'info' && level !== 'debug');
