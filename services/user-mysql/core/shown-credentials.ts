import { createHash, createPrivateKey } from 'node:crypto';
import { LongwireError } from '../../common/errors.ts';
import type { AppCredentials } from '../../common/protocol/app-channel-calls.ts';
import { credentialAt, credentialFields } from '../../common/protocol/channel-credentials.ts';

/** What may be shown of credentials: open fields as they are, of the secrets together the first 12 digits of their SHA-256. */
export function shownOf({ kind, credentials }: AppCredentials): Record<string, string> {
  const shown: Record<string, string> = {};
  const secrets: string[] = [];
  for (const { name, path, schema } of credentialFields(kind)) {
    const value = credentialAt(credentials, path);
    if (value === undefined) continue;
    if (schema.writeOnly) secrets.push(`${name}=${String(value)}`);
    else shown[name] = String(value);
  }
  shown['secret'] = `sha256:${createHash('sha256').update(secrets.sort().join('\n')).digest('hex').slice(0, 12)}`;
  return shown;
}

/** @throws LongwireError `bad_request` for a private key that its service could not use; nothing of it is in the message. */
export function checkKeys({ kind, credentials }: AppCredentials): void {
  if (kind === 'apns') {
    const key = keyOf(credentials.privateKey, 'privateKey');
    if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
      throw new LongwireError('bad_request', 'privateKey: must be a key of P-256', { field: 'privateKey' });
    }
  }
  if (kind === 'fcm' || kind === 'harmony') {
    const field = 'serviceAccount.private_key';
    const key = keyOf(credentials.serviceAccount.private_key, field);
    if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2_048) {
      throw new LongwireError('bad_request', `${field}: must be an RSA key of 2048 bits or more`, { field });
    }
  }
}

function keyOf(pem: string, field: string) {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new LongwireError('bad_request', `${field}: is no private key in PEM without a password`, { field });
  }
}
