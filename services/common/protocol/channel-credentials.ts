import Type, { type Static, type TSchema } from 'typebox';

/** Kinds of channels whose subscription is a token of the vendor's, and that send with credentials of the app. */
export const vendorKinds = ['fcm', 'apns', 'huawei', 'xiaomi', 'oppo', 'vivo', 'honor', 'harmony'] as const;
export type VendorKind = (typeof vendorKinds)[number];

/** Bytes of the credentials of one kind, as JSON, at the most. */
export const maxCredentialsBytes = 16_384;

const word = (maxLength: number, description = 'Letters, digits and signs, no spaces') =>
  Type.String({ minLength: 1, maxLength, pattern: '^[!-~]+$', description });
/** `writeOnly`: it is set and never shown. */
const secret = (maxLength: number) => ({ ...word(maxLength), writeOnly: true });
const privateKey = (description: string) =>
  Type.String({
    minLength: 1,
    maxLength: 8_192,
    pattern: '^-----BEGIN [A-Z ]*PRIVATE KEY-----\\s',
    writeOnly: true,
    description,
  });
const rsaKey = privateKey('A private key in PEM: RSA of 2048 bits or more');
const digits = (most: number) => Type.String({ pattern: `^[0-9]{1,${most}}$`, description: `Digits, at most ${most}` });
const appleId = Type.String({ pattern: '^[A-Z0-9]{10}$', description: 'Ten capital letters and digits' });

/** What an app sends with by each kind, as its vendor's developer pages give it. Fields that are not named here are not kept. */
export const channelCredentials = {
  fcm: Type.Object({
    serviceAccount: Type.Object(
      {
        project_id: Type.String({
          maxLength: 64,
          pattern: '^[a-z0-9:.-]+$',
          description: 'Small letters, digits, : . and -',
        }),
        client_email: word(256),
        private_key: rsaKey,
        private_key_id: Type.Optional(word(128)),
      },
      { description: 'The JSON file of a service account of the Firebase project' },
    ),
  }),
  apns: Type.Object({
    keyId: appleId,
    teamId: appleId,
    privateKey: privateKey('The .p8 file: a private key of P-256 in PEM'),
    topic: Type.String({
      maxLength: 255,
      pattern: '^[A-Za-z0-9.-]+$',
      description: 'The bundle id of the app: letters, digits, . and -',
    }),
    production: Type.Boolean({ default: true, description: 'Whether tokens are of the production environment' }),
  }),
  huawei: Type.Object({
    appId: digits(20),
    clientSecret: secret(256),
    projectId: Type.Optional(digits(32)),
  }),
  xiaomi: Type.Object({
    appSecret: secret(256),
    packageName: Type.String({
      maxLength: 255,
      pattern: '^[A-Za-z0-9_.]+$',
      description: 'Letters, digits, _ and .',
    }),
    channelId: Type.Optional(word(64, 'The notification class that messages without one go by, no spaces')),
  }),
  oppo: Type.Object({ appKey: secret(128), masterSecret: secret(256) }),
  vivo: Type.Object({ appId: digits(20), appKey: secret(128), appSecret: secret(256) }),
  honor: Type.Object({ appId: digits(20), clientId: word(128), clientSecret: secret(256) }),
  harmony: Type.Object({
    serviceAccount: Type.Object(
      {
        project_id: digits(32),
        key_id: word(128),
        private_key: rsaKey,
        sub_account: word(128),
      },
      { description: 'The JSON file of a service account of the AppGallery Connect project' },
    ),
  }),
} as const satisfies Record<VendorKind, TSchema>;

export type CredentialsOf<Kind extends VendorKind> = Static<(typeof channelCredentials)[Kind]>;
export type ChannelCredentials = { [Kind in VendorKind]: { kind: Kind; credentials: CredentialsOf<Kind> } }[VendorKind];

type NameIn<T> = {
  [Name in keyof T & string]-?: NonNullable<T[Name]> extends object ? NameIn<NonNullable<T[Name]>> : Name;
}[keyof T & string];
/** What the fields of all kinds are called. */
export type CredentialName = { [Kind in VendorKind]: NameIn<CredentialsOf<Kind>> }[VendorKind];

interface FieldSchema extends TSchema {
  type?: string;
  properties?: Record<string, FieldSchema>;
  required?: string[];
  maxLength?: number;
  description?: string;
  writeOnly?: boolean;
}

/** One text or switch of credentials, wherever in them it is. */
export interface CredentialField {
  name: string;
  /** Names from the outermost to its own. */
  path: string[];
  schema: FieldSchema;
  optional: boolean;
}

/** The fields of a kind, in the order of its schema. No two of a kind have the same name. */
export function credentialFields(kind: VendorKind): CredentialField[] {
  return fieldsIn(channelCredentials[kind] as TSchema, []);
}

function fieldsIn({ properties = {}, required = [] }: FieldSchema, within: string[]): CredentialField[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = [...within, name];
    if (schema.properties) return fieldsIn(schema, path);
    return [{ name, path, schema, optional: !required.includes(name) }];
  });
}

/** What credentials have at a path; undefined: nothing. */
export function credentialAt(credentials: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((within, name) => (within as Record<string, unknown> | undefined)?.[name], credentials);
}
