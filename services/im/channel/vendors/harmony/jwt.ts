import { constants, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import type { CredentialsOf } from '../../../../common/protocol/channel-credentials.ts';

/** How long a token is good, s: what Huawei advises; over a day isn't taken. */
export const jwtLifeS = 3_600;
const audience = 'https://oauth-login.cloud.huawei.com/oauth2/v3/token';

/** @throws Error for a key that can't be read, or isn't RSA */
export function keyOf({ private_key }: CredentialsOf<'harmony'>['serviceAccount']): KeyObject {
  const key = createPrivateKey(private_key);
  if (key.asymmetricKeyType !== 'rsa') throw new Error('the key is not RSA');
  return key;
}

/** A service account's JSON Web Token: PS256, over an hour from now on. */
export function serviceJwt(
  { key_id, sub_account }: CredentialsOf<'harmony'>['serviceAccount'],
  key: KeyObject,
  now: number,
): string {
  const iat = Math.floor(now / 1_000);
  const parts = [
    { kid: key_id, typ: 'JWT', alg: 'PS256' },
    { aud: audience, iss: sub_account, iat, exp: iat + jwtLifeS },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const text = parts.join('.');
  const how = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return `${text}.${sign('sha256', Buffer.from(text), how).toString('base64url')}`;
}
