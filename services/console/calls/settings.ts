import Type, { type Static } from 'typebox';
import { InstanceSettings } from '../../common/protocol/settings-calls.ts';
import { instanceRoles } from './overview.ts';

export const SettingsParams = Type.Object({
  role: Type.Enum([...instanceRoles]),
  name: Type.String({ minLength: 1, maxLength: 64 }),
});

/** The effective configuration of an instance; what is secret never leaves it. */
export const SettingsView = InstanceSettings;
export type SettingsView = Static<typeof SettingsView>;
