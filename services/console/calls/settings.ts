import Type from 'typebox';
import { InstanceSettings } from '../../common/protocol/settings-calls.ts';
import { endpoint } from './endpoint.ts';
import { instanceRoles } from './overview.ts';

export type { InstanceSettings, Setting, SettingSource } from '../../common/protocol/settings-calls.ts';

export const settingsCalls = {
  settings: endpoint({
    method: 'GET',
    path: '/instances/:role/:name/settings',
    summary: 'The effective configuration of an instance; what is secret never leaves it',
    needs: 'admin of all',
    params: Type.Object({
      role: Type.Enum([...instanceRoles]),
      name: Type.String({ minLength: 1, maxLength: 64, description: 'as the overview names it' }),
    }),
    answer: InstanceSettings,
    example: { params: { role: 'im', name: 'im-1' } },
  }),
};
