import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { encodeHash, hashInputOf, newHashInput } from '../common/password-hash.ts';
import { ConsoleFault } from './core/fault.ts';

/** Hashes computed at once: each takes a thread and 19 MiB. */
const maxAtOnce = 2;
/** Further ones that wait; one more is refused. */
const maxWaiting = 20;
/** How soon one who is refused may come again. */
const retryMs = 2_000;

/** Computes and checks hashes of passwords, off the event loop, a few at a time. */
export class Passwords {
  #running = 0;
  #waiting: (() => void)[] = [];
  #decoy: Promise<string> | undefined;

  /** @throws ConsoleFault `too_many_attempts` if too many wait */
  async hash(password: string): Promise<string> {
    const { parameters } = newHashInput(password);
    return encodeHash(parameters, await this.#compute(parameters));
  }

  /**
   * Whether a password has this hash. Without a hash, where there is no such operator, the answer is no, and takes as long.
   *
   * @throws ConsoleFault `too_many_attempts` if too many wait
   */
  async verify(password: string, hash: string | null): Promise<boolean> {
    const input = hashInputOf(password, hash ?? (await this.#decoyHash()));
    if (!input) return false;
    return timingSafeEqual(await this.#compute(input.parameters), input.tag) && hash !== null;
  }

  /** Of a password that nobody has. */
  #decoyHash(): Promise<string> {
    this.#decoy ??= this.hash(randomBytes(16).toString('hex')).catch((error: unknown) => {
      this.#decoy = undefined;
      throw error;
    });
    return this.#decoy;
  }

  async #compute(parameters: Argon2Parameters): Promise<Buffer> {
    await this.#turn();
    try {
      return await new Promise<Buffer>((resolve, reject) => {
        argon2('argon2id', parameters, (error, tag) => (error ? reject(error) : resolve(tag)));
      });
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }

  /** Whoever waits gets the turn of one who has ended. */
  async #turn(): Promise<void> {
    if (this.#running < maxAtOnce) {
      this.#running++;
      return;
    }
    if (this.#waiting.length >= maxWaiting) {
      throw new ConsoleFault('too_many_attempts', 'hashes_wait', { retryAfterMs: retryMs });
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
