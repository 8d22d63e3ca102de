import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { CredentialsOf } from '../../../../common/protocol/channel-credentials.ts';
import { signedJwt } from '../jwt.ts';

/** How long a token is good, s: what Huawei advises; over a day isn't taken. */
export const jwtLifeS = 3_600;
const audience = 'https://oauth-login.cloud.huawei.com/oauth2/v3/token';

/** @throws Error for a key that can't be read, or isn't RSA */
export function keyOf({ private_key }: CredentialsOf<'harmony'>['serviceAccount']): KeyObject {
  const key = createPrivateKey(private_key);
  if (key.asymmetricKeyType !== 'rsa') throw new Error('the key is not RSA');
  return key;
}

/** A service account's JSON Web Token, good for an hour from now on. */
export function serviceJwt(
  { key_id, sub_account }: CredentialsOf<'harmony'>['serviceAccount'],
  key: KeyObject,
  now: number,
): string {
  const iat = Math.floor(now / 1_000);
  return signedJwt('PS256', { kid: key_id }, { aud: audience, iss: sub_account, iat, exp: iat + jwtLifeS }, key);
}
