import Type, { type Static } from 'typebox';
import { call } from '../rpc/contract.ts';

/** Where a value comes from; later ones win. */
export const settingSources = ['default', 'file', 'environment', 'config centre'] as const;
export type SettingSource = (typeof settingSources)[number];

/** In place of a secret that is set. */
export const mask = '••••';

export const Setting = Type.Object({
  key: Type.String(),
  /** As text: words as they are, lists with commas, all else as JSON. `mask` in place of a secret; null: not set. */
  value: Type.Union([Type.String(), Type.Null()]),
  source: Type.Enum([...settingSources]),
  /** Changes without a restart. */
  hot: Type.Boolean(),
  secret: Type.Boolean(),
  /** The config centre has another value, which waits for the next start. */
  pending: Type.Boolean(),
  unit: Type.Union([Type.Enum(['ms', 's', 'bytes']), Type.Null()]),
  description: Type.String(),
});
export type Setting = Static<typeof Setting>;

export const InstanceSettings = Type.Object({
  /** What of the config centre is applied, `namespace=release` with spaces between; null: none. */
  release: Type.Union([Type.String(), Type.Null()]),
  /** The config centre has what doesn't fit, and what was applied before goes on: one line a fault. */
  refused: Type.Array(Type.String()),
  keys: Type.Array(Setting),
});
export type InstanceSettings = Static<typeof InstanceSettings>;

/** Answered at the ops port of each instance, of that instance alone. */
export const settingsCalls = {
  settings: call(Type.Object({}), InstanceSettings, 1_000),
};
export type SettingsCalls = typeof settingsCalls;
