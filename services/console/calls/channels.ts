import Type, { type Static } from 'typebox';
import { AppChannel } from '../../common/protocol/app-channel-calls.ts';
import { channelCredentials, vendorKinds } from '../../common/protocol/channel-credentials.ts';
import { AppId } from '../../common/protocol/ids.ts';
import { endpoint } from './endpoint.ts';

export const AppChannels = Type.Object({
  items: Type.Array(AppChannel),
  /** False: user-mysql has no key to encrypt credentials with, so none can be set. */
  canSet: Type.Boolean(),
});
export type AppChannels = Static<typeof AppChannels>;

export const channelsCalls = {
  channels: endpoint({
    method: 'GET',
    path: '/apps/:app/channels',
    summary: 'The channels of vendors that an app has credentials for; of the secrets a fingerprint',
    needs: 'viewer',
    params: Type.Object({ app: AppId }),
    answer: AppChannels,
    example: { params: { app: 'demo' } },
  }),
  setChannel: endpoint({
    method: 'PATCH',
    path: '/apps/:app/channels',
    summary: 'Keeps the credentials of the kind that is named, encrypted, in place of those before',
    needs: 'admin',
    params: Type.Object({ app: AppId }),
    body: Type.Partial(Type.Object(channelCredentials), {
      ...{ minProperties: 1, maxProperties: 1, description: 'Credentials of one kind, by its name' },
    }),
    answer: AppChannel,
    example: {
      params: { app: 'demo' },
      body: { huawei: { appId: '100100', clientSecret: 'client-secret-of-the-app' } },
    },
  }),
  removeChannel: endpoint({
    method: 'DELETE',
    path: '/apps/:app/channels/:kind',
    summary: 'Forgets the credentials of a kind; the app sends by it no more, within a minute',
    needs: 'admin',
    params: Type.Object({ app: AppId, kind: Type.Enum([...vendorKinds]) }),
    example: { params: { app: 'demo', kind: 'huawei' } },
  }),
};
