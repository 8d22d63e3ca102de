import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { ConsoleFault } from './core/fault.ts';

/** Argon2id as OWASP's cheat sheet on password storage has it: 19 MiB, 2 passes, 1 lane. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 };
const saltBytes = 16;
const tagBytes = 32;
/** Hashes computed at once: each takes a thread and 19 MiB. */
const maxAtOnce = 2;
/** Further ones that wait; one more is refused. */
const maxWaiting = 20;
/** How soon one who is refused may come again. */
const retryMs = 2_000;

interface Cost {
  memory: number;
  passes: number;
  parallelism: number;
}

/** Computes and checks hashes of passwords, off the event loop, a few at a time. */
export class Passwords {
  #running = 0;
  #waiting: (() => void)[] = [];
  #decoy: Promise<string> | undefined;

  /** `$argon2id$v=19$m=…,t=…,p=…$salt$tag`. @throws ConsoleFault `too_many_attempts` if too many wait */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(saltBytes);
    return encoded(salt, await this.#compute(password, salt, cost, tagBytes));
  }

  /**
   * Whether a password has this hash. Without a hash, where there is no such operator, the answer is no, and takes as long.
   *
   * @throws ConsoleFault `too_many_attempts` if too many wait
   */
  async verify(password: string, hash: string | null): Promise<boolean> {
    this.#decoy ??= this.hash(randomBytes(16).toString('hex')).catch((error: unknown) => {
      this.#decoy = undefined;
      throw error;
    });
    const parsed = parse(hash ?? (await this.#decoy));
    if (!parsed) return false;
    const tag = await this.#compute(password, parsed.salt, parsed.cost, parsed.tag.length);
    return timingSafeEqual(tag, parsed.tag) && hash !== null;
  }

  async #compute(
    password: string,
    salt: Buffer,
    { memory, passes, parallelism }: Cost,
    length: number,
  ): Promise<Buffer> {
    await this.#turn();
    try {
      // The same characters written in another way are the same password.
      const message = password.normalize('NFKC');
      return await new Promise<Buffer>((resolve, reject) => {
        argon2('argon2id', { message, nonce: salt, memory, passes, parallelism, tagLength: length }, (error, tag) =>
          error ? reject(error) : resolve(tag),
        );
      });
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= maxAtOnce) {
      if (this.#waiting.length >= maxWaiting) {
        throw new ConsoleFault('too_many_attempts', 'too many sign in at once', { retryAfterMs: retryMs });
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running++;
  }
}

function encoded(salt: Buffer, tag: Buffer): string {
  const base64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
  const { memory, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;
}

function parse(hash: string): { cost: Cost; salt: Buffer; tag: Buffer } | undefined {
  const match = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(
    hash,
  );
  if (!match) return undefined;
  const [memory, passes, parallelism] = match.slice(1, 4).map(Number) as [number, number, number];
  const [salt, tag] = match.slice(4).map((text) => Buffer.from(text, 'base64')) as [Buffer, Buffer];
  return { cost: { memory, passes, parallelism }, salt, tag };
}
