import { type Argon2Parameters, argon2Sync, randomBytes } from 'node:crypto';

/** Argon2id as OWASP's cheat sheet on password storage has it: 19 MiB, 2 passes, 1 lane. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 };
const saltBytes = 16;
const tagBytes = 32;

/** What a hash is computed from. */
export interface HashInput {
  parameters: Argon2Parameters;
  /** What the hash has to be; of a new one unknown. */
  tag?: Buffer;
}

/** Of a new hash. */
export function newHashInput(password: string): HashInput {
  return { parameters: parametersOf(password, randomBytes(saltBytes), cost, tagBytes) };
}

/** To check a password against a hash as `encodeHash` writes it; undefined for what is none. */
export function hashInputOf(password: string, hash: string): Required<HashInput> | undefined {
  const match = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(
    hash,
  );
  if (!match) return undefined;
  const [memory, passes, parallelism] = match.slice(1, 4).map(Number) as [number, number, number];
  const [salt, tag] = match.slice(4).map((text) => Buffer.from(text, 'base64')) as [Buffer, Buffer];
  return { parameters: parametersOf(password, salt, { memory, passes, parallelism }, tag.length), tag };
}

/** `$argon2id$v=19$m=…,t=…,p=…$salt$tag` */
export function encodeHash({ memory, passes, parallelism, nonce }: Argon2Parameters, tag: Buffer): string {
  const base64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
  const salt = base64(nonce as Buffer);
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${salt}$${base64(tag)}`;
}

/** A new hash, on this thread: for whoever has nothing else to do meanwhile. */
export function hashPassword(password: string): string {
  const { parameters } = newHashInput(password);
  return encodeHash(parameters, argon2Sync('argon2id', parameters));
}

function parametersOf(password: string, nonce: Buffer, costs: typeof cost, tagLength: number): Argon2Parameters {
  // The same characters written in another way are the same password.
  return { message: password.normalize('NFKC'), nonce, tagLength, ...costs };
}
