import Type, { type Static, type TSchema } from 'typebox';

/** Kinds of channels whose subscription is a token of the vendor's, and that send with credentials of the app. */
export const vendorKinds = ['fcm', 'apns', 'huawei', 'xiaomi', 'oppo', 'vivo', 'honor', 'harmony'] as const;
export type VendorKind = (typeof vendorKinds)[number];

/** Bytes of the credentials of one kind, as JSON, at the most. */
export const maxCredentialsBytes = 16_384;

const word = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[!-~]+$', description });
const privateKey = (description: string) =>
  Type.String({
    minLength: 1,
    maxLength: 8_192,
    pattern: '^-----BEGIN [A-Z ]*PRIVATE KEY-----\\s',
    description,
  });

/** What an app sends with by each kind, as its vendor's developer pages give it. Fields that are not named here are not kept. */
export const channelCredentials = {
  fcm: Type.Object({
    serviceAccount: Type.Object(
      {
        project_id: Type.String({ maxLength: 64, pattern: '^[a-z0-9:.-]+$' }),
        client_email: word(256, 'Of the service account'),
        private_key: privateKey('RSA, PEM'),
        private_key_id: Type.Optional(word(128, 'Of the key')),
      },
      { description: 'The JSON file of a service account of the Firebase project' },
    ),
  }),
  apns: Type.Object({
    keyId: Type.String({ pattern: '^[A-Z0-9]{10}$', description: 'Of the key, ten characters' }),
    teamId: Type.String({ pattern: '^[A-Z0-9]{10}$', description: 'Of the team, ten characters' }),
    privateKey: privateKey('The .p8 file: P-256, PEM'),
    topic: Type.String({ maxLength: 255, pattern: '^[A-Za-z0-9.-]+$', description: 'The bundle id of the app' }),
    production: Type.Boolean({ default: true, description: 'Whether tokens are of the production environment' }),
  }),
  huawei: Type.Object({
    appId: Type.String({ pattern: '^[0-9]{1,20}$' }),
    clientSecret: word(256, 'OAuth client secret'),
    projectId: Type.Optional(Type.String({ pattern: '^[0-9]{1,32}$' })),
  }),
  xiaomi: Type.Object({
    appSecret: word(256, 'AppSecret'),
    packageName: Type.String({ maxLength: 255, pattern: '^[A-Za-z0-9_.]+$' }),
    channelId: Type.Optional(word(64, 'Of the notification class that messages without one go by')),
  }),
  oppo: Type.Object({ appKey: word(128, 'AppKey'), masterSecret: word(256, 'MasterSecret') }),
  vivo: Type.Object({
    appId: Type.String({ pattern: '^[0-9]{1,20}$' }),
    appKey: word(128, 'AppKey'),
    appSecret: word(256, 'AppSecret'),
  }),
  honor: Type.Object({
    appId: Type.String({ pattern: '^[0-9]{1,20}$' }),
    clientId: word(128, 'Client ID'),
    clientSecret: word(256, 'Client secret'),
  }),
  harmony: Type.Object({
    serviceAccount: Type.Object(
      {
        project_id: Type.String({ pattern: '^[0-9]{1,32}$' }),
        key_id: word(128, 'Of the key'),
        private_key: privateKey('RSA, PEM'),
        sub_account: word(128, 'Of the service account'),
      },
      { description: 'The JSON file of a service account of the AppGallery Connect project' },
    ),
  }),
} as const satisfies Record<VendorKind, TSchema>;

export type CredentialsOf<Kind extends VendorKind> = Static<(typeof channelCredentials)[Kind]>;
export type ChannelCredentials = { [Kind in VendorKind]: { kind: Kind; credentials: CredentialsOf<Kind> } }[VendorKind];
