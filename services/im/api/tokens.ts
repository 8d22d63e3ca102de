import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** How long a token is valid. */
export const tokenTtlMs = 86_400_000;

/** What a token says: for which app, until when, and its own name, by which it can be revoked. */
export interface TokenClaims {
  app: string;
  /** ms since the Unix epoch. */
  expiresAt: number;
  id: string;
}

/**
 * A token that any instance checks without a look-up: its claims and a MAC over them.
 *
 * @param keys the first signs, any verifies.
 */
export function issueToken(keys: readonly string[], app: string, expiresAt: number): string {
  const claims = `${app}.${expiresAt}.${randomBytes(12).toString('hex')}`;
  return `${claims}.${macOf(keys[0]!, claims)}`;
}

/** The claims of a token that one of the keys signed, expired or not; undefined for anything else. */
export function readToken(keys: readonly string[], token: string): TokenClaims | undefined {
  const end = token.lastIndexOf('.');
  if (end < 0 || token.length > 256) return undefined;
  const claims = token.slice(0, end);
  const mac = token.slice(end + 1);
  let signed = false;
  for (const key of keys) signed = equalText(macOf(key, claims), mac) || signed;
  const [app, expiresAt, id] = claims.split('.');
  if (!signed || app === undefined || expiresAt === undefined || id === undefined) return undefined;
  return { app, expiresAt: Number(expiresAt), id };
}

/** Compares in a time that doesn't depend on where the texts differ. */
export function equalText(expected: string, given: string): boolean {
  const left = Buffer.from(expected);
  const right = Buffer.from(given);
  return left.length === right.length && timingSafeEqual(left, right);
}

function macOf(key: string, claims: string): string {
  return createHmac('sha256', key).update(`api\n${claims}`).digest('base64url');
}
