import { createHash, randomBytes } from 'node:crypto';
import { LongwireError } from '../common/errors.ts';
import type { UserMysqlCalls } from '../common/protocol/user-mysql-calls.ts';
import type { Client } from '../common/rpc/contract.ts';
import { TtlCache } from '../common/ttl-cache.ts';
import { faultOf } from './core/fault.ts';
import type { SignedIn } from './handlers/handler.ts';

/** How long what was found serves calls that only look. */
const freshMs = 2_000;
/** While user-mysql is away it serves them this long: the rest of the system can be looked at then. */
const awayMs = 600_000;
const maxSessions = 1_000;

type Calls = Pick<Client<UserMysqlCalls>, 'findSession' | 'openSession' | 'closeSession'>;

export interface SessionTimes {
  readonly sessionMs: number;
  readonly sessionIdleMs: number;
}

/** Sessions by the random text in their cookies, of which only digests are kept. */
export class Sessions {
  readonly #mysql: Calls;
  readonly #times: SessionTimes;
  readonly #now: () => number;
  readonly #found = new TtlCache<SignedIn>(freshMs, maxSessions);
  /** The same, for the time that user-mysql is away. */
  readonly #kept = new TtlCache<SignedIn>(awayMs, maxSessions);

  constructor(mysql: Calls, times: SessionTimes, now: () => number) {
    this.#mysql = mysql;
    this.#times = times;
    this.#now = now;
  }

  /** @see ConsoleDeps.sessions. @throws ConsoleFault `unavailable` */
  async find(token: string, strictly: boolean): Promise<SignedIn | null> {
    const id = digest(token);
    const now = this.#now();
    const known = this.#found.get(id, now);
    if (!strictly && known?.fresh) return known.value;
    try {
      const { session } = await this.#mysql.findSession({ tokenHash: id, idleMs: this.#times.sessionIdleMs });
      if (session === null) {
        this.#forget(id);
        return null;
      }
      const { operator, mustChange, expiresAt } = session;
      const signedIn = { operator, id, csrf: csrfOf(token), mustChangePassword: mustChange, expiresAt };
      this.#found.set(id, signedIn, this.#now());
      this.#kept.set(id, signedIn, this.#now());
      return signedIn;
    } catch (error) {
      const away = error instanceof LongwireError && error.retryable;
      const kept = this.#kept.get(id, now);
      if (away && !strictly && kept?.fresh && kept.value.expiresAt > now) return kept.value;
      throw faultOf('user-mysql', error);
    }
  }

  /** Begins a session under a new random text. Null: the operator is disabled, or gone. @throws LongwireError */
  async open(
    id: string,
    from: { address: string; countedAddress: string | null },
  ): Promise<{ token: string; signedIn: SignedIn } | null> {
    const token = randomBytes(32).toString('base64url');
    const tokenHash = digest(token);
    const lastsMs = this.#times.sessionMs;
    const { operator, mustChange, expiresAt } = await this.#mysql.openSession({ id, tokenHash, lastsMs, ...from });
    if (operator === null) return null;
    const unused = this.#now() + this.#times.sessionIdleMs;
    const signedIn = {
      ...{ operator, id: tokenHash, csrf: csrfOf(token), mustChangePassword: mustChange },
      expiresAt: Math.min(expiresAt, unused),
    };
    return { token, signedIn };
  }

  /** @throws LongwireError */
  async close(id: string): Promise<void> {
    this.#forget(id);
    await this.#mysql.closeSession({ tokenHash: id });
  }

  #forget(id: string): void {
    this.#found.delete(id);
    this.#kept.delete(id);
  }
}

/** What a session is kept under. */
export function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Nobody has it who hasn't the cookie, and it doesn't tell what the cookie holds. */
function csrfOf(token: string): string {
  return createHash('sha256').update(`csrf ${token}`).digest('base64url');
}
