import type { TObject, TSchema } from 'typebox';
import type { ConfigSource, KeyOptions } from '../config.ts';
import { type InstanceSettings, mask, type Setting } from '../protocol/settings-calls.ts';
import type { LiveConfig } from './live-config.ts';

/** The effective configuration of this process, key by key. What is secret is masked here, so it never leaves. */
export function describeSettings<S extends TObject>(
  schema: S,
  live: Pick<LiveConfig<S>, 'values' | 'state' | 'isOfCentre'>,
  sources: Readonly<Record<string, ConfigSource>>,
): InstanceSettings {
  const { releases, refused, pending } = live.state;
  const values = live.values as Record<string, unknown>;
  const keys = Object.entries(schema.properties as Record<string, TSchema & Partial<KeyOptions>>).map(
    ([key, { hot = false, secret = false, unit = null, description = '' }]): Setting => ({
      ...{ key, hot, secret, unit, description },
      value: shown(values[key], secret),
      source: live.isOfCentre(key) ? 'config centre' : (sources[key] ?? 'default'),
      pending: pending.includes(key),
    }),
  );
  const applied = Object.entries(releases).map(([namespace, release]) => `${namespace}=${release}`);
  return { release: applied.length > 0 ? applied.join(' ') : null, refused: refused?.faults ?? [], keys };
}

function shown(value: unknown, secret: boolean): string | null {
  if (value === undefined) return null;
  if (secret) return mask;
  if (typeof value === 'string') return value;
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
    ? value.join(',')
    : JSON.stringify(value);
}
