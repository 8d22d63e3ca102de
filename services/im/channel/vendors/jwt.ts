import { type KeyObject, sign } from 'node:crypto';

/** A JSON Web Token (RFC 7519), signed as JWS compact (RFC 7515). */
export function signedJwt(alg: 'RS256' | 'PS256' | 'ES256', header: object, claims: object, key: KeyObject): string {
  const text = `${encoded({ ...header, alg, typ: 'JWT' })}.${encoded(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), { key, ...encodings[alg] }).toString('base64url')}`;
}

const encodings = {
  RS256: {},
  /** PKCS #1 PSS with a salt as long as the hash (RFC 7518, 3.5). */
  PS256: { padding: 6, saltLength: 32 },
  /** The two numbers side by side, not as DER (RFC 7518, 3.4). */
  ES256: { dsaEncoding: 'ieee-p1363' },
} as const;

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
