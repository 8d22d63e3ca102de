import { type KeyObject, verify } from 'node:crypto';

export interface ReadJwt {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
}

/** What a JSON Web Token says, if its signature is of the key; a text says what is wrong. */
export function readJwt(text: string | undefined, alg: 'RS256' | 'ES256', key: KeyObject): ReadJwt | string {
  const parts = (text ?? '').split('.');
  if (parts.length !== 3 || parts.some((part) => !/^[\w-]+$/.test(part))) return 'no JWT';
  const [header, claims] = parts.slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  if (header.alg !== alg) return `alg ${String(header.alg)}`;
  const signed = Buffer.from(`${parts[0]}.${parts[1]}`);
  const signature = Buffer.from(parts[2]!, 'base64url');
  const how = alg === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' as const } : key;
  return verify('sha256', signed, how, signature) ? { header, claims } : 'signature';
}
