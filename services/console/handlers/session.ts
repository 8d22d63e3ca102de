import { limitKeyOf } from '../../common/addresses/blocks.ts';
import { KeyedBuckets } from '../../common/addresses/keyed-buckets.ts';
import { uniqueId } from '../../common/unique-id.ts';
import type { Session, sessionCalls } from '../calls/session.ts';
import { asking, badField, ConsoleFault } from '../core/fault.ts';
import type { HandlerDeps } from './deps.ts';
import type { ConsoleRequest, Handlers, SignedIn } from './handler.ts';

/** Tries of one address at this console, right or wrong: at once, and a second in the long run. */
const triesBurst = 30;
const triesPerSecond = 0.5;

export function sessionHandlers(deps: HandlerDeps): Handlers<typeof sessionCalls> {
  const { mysql, sessions, passwords, metrics, config, now, isExempt, provider } = deps;
  const tries = new KeyedBuckets();

  /** What tries of an address are counted under, here and by user-mysql; null: they aren't. */
  const keyOf = (client: string): string | null => (isExempt(client) ? null : limitKeyOf(client));

  /**
   * Checks a password, which counts as a try.
   *
   * @throws ConsoleFault `bad_credentials`, the same for a wrong password and a name that nobody has; `locked`,
   * `too_many_attempts`
   */
  async function prove(
    request: Pick<ConsoleRequest, 'client' | 'note'>,
    name: string,
    password: string,
  ): Promise<string> {
    const address = keyOf(request.client);
    if (address !== null && !tries.take(address, { perSecond: triesPerSecond, burst: triesBurst }, now())) {
      throw new ConsoleFault('too_many_attempts', 'address_tries', {
        retryAfterMs: 1_000 / triesPerSecond,
      });
    }
    const begun = await asking('user-mysql', mysql.beginSignIn({ name, address, attempt: uniqueId() }));
    if (begun.locked !== null) {
      metrics.signedIn('locked');
      const { by, until } = begun.locked;
      const retryAfterMs = Math.max(1_000, until - now());
      if (by === 'address') throw new ConsoleFault('too_many_attempts', 'address_tries', { retryAfterMs });
      throw new ConsoleFault('locked', 'name_locked', { retryAfterMs });
    }
    const { operator, passwordHash } = begun;
    if (operator !== null) request.note({ operator: operator.name });
    const right = await passwords.verify(password, passwordHash);
    if (!right || operator === null || operator.disabled) {
      metrics.signedIn('refused');
      const why = operator === null ? 'unknown name' : operator.disabled ? 'disabled' : 'wrong password';
      request.note({ detail: { why } });
      throw new ConsoleFault('bad_credentials', 'wrong_password');
    }
    return operator.id;
  }

  async function begin(
    request: Pick<ConsoleRequest, 'client' | 'setSession'>,
    id: string,
    counted: boolean,
  ): Promise<Session> {
    const from = { address: request.client, countedAddress: counted ? keyOf(request.client) : null };
    const opened = await asking('user-mysql', sessions.open(id, from));
    if (opened === null) throw new ConsoleFault('bad_credentials', 'wrong_password');
    metrics.signedIn('done');
    // Always another one than before: who knows the one that was there knows nothing of this.
    request.setSession(opened.token);
    return sessionOf(opened.signedIn);
  }

  function sessionOf({ operator, csrf, mustChangePassword, expiresAt }: SignedIn): Session {
    return { operator, csrf, mustChangePassword, expiresAt, deviceUrl: config.deviceUrl ?? null };
  }

  return {
    async signInOptions() {
      return { oidc: provider ? { name: config.oidcName } : null };
    },

    async signIn(request) {
      const { name, password } = request.body;
      const id = await prove(request, name, password);
      return begin(request, id, true);
    },

    async session({ signedIn }) {
      return sessionOf(signedIn);
    },

    async signOut({ signedIn, setSession }) {
      await asking('user-mysql', sessions.close(signedIn.id));
      setSession(null);
      return undefined;
    },

    async changePassword(request) {
      const { current, next } = request.body;
      const { operator } = request.signedIn;
      if (operator.source !== 'password') {
        throw new ConsoleFault('conflict', 'password_elsewhere');
      }
      if (next === current) throw badField('next', 'same_password', 'another password');
      if (next.toLowerCase().includes(operator.name.toLowerCase())) {
        throw badField('next', 'name_in_password', 'a password without the name');
      }
      await prove(request, operator.name, current);
      const passwordHash = await passwords.hash(next);
      const change = { id: operator.id, passwordHash, mustChange: false, keep: null };
      const { operator: changed } = await asking('user-mysql', mysql.setOperatorPassword(change));
      if (changed === null) throw new ConsoleFault('conflict', 'no_password');
      await asking('user-mysql', sessions.close(request.signedIn.id));
      return begin(request, operator.id, true);
    },
  };
}
