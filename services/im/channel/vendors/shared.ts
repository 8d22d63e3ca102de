import { LongwireError } from '../../../common/errors.ts';
import { type HttpAnswer, maxReasonLength, type Outcome, type VendorDeps } from '../adapter.ts';
import { retryAfterMs } from '../retry-after.ts';

/** A vendor's address, at the base URL that is configured in the place of its own scheme, host and port. */
export function addressOf(url: string, { baseUrl }: Pick<VendorDeps, 'baseUrl'>): string {
  if (baseUrl === undefined) return url;
  const { pathname, search } = new URL(url);
  return `${baseUrl.replace(/\/+$/, '')}${pathname}${search}`;
}

/** A service's own word for what went wrong: printable ASCII, bounded. Undefined if it said none. */
export function reasonOf(given: unknown): { reason?: string } {
  if (typeof given !== 'string' && typeof given !== 'number') return {};
  const reason = String(given)
    .replace(/[^!-~]+/g, '_')
    .slice(0, maxReasonLength);
  return reason === '' ? {} : { reason };
}

/** The answer's body as an object of JSON; empty for anything else. */
export function objectOf({ text }: HttpAnswer): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Too many requests, or the service's own trouble; `retry-after` is heeded. Undefined for another status. */
export function busyOutcome({ status, headers }: HttpAnswer, now: number): Outcome | undefined {
  if (status !== 408 && status !== 429 && status < 500) return undefined;
  const afterMs = retryAfterMs(headers['retry-after'], now);
  return {
    is: 'again',
    ...(afterMs === undefined ? {} : { afterMs }),
    ...(status === 429 || afterMs !== undefined ? { of: 'app' as const } : {}),
    reason: `http_${status}`,
  };
}

/** What comes of a request that got no answer, or for which there was no access token. */
export function failedOutcome(error: unknown): Outcome {
  if (error instanceof NoAccess) return error.outcome;
  return { is: 'again', reason: error instanceof LongwireError ? error.code : 'failed' };
}

/**
 * Sets the values whose keys begin with `/` at their paths in a vendor's request, as Getui's `options` do
 * (`/message/android/notification/badge/add_num`): objects on the way are made. Other keys are passed over, as are paths
 * of over 8 steps, into what is no object, and to `__proto__` and the like.
 *
 * @param allowed beginnings of the paths that may be set: never that of the tokens, or of who sends.
 */
export function withOptions<Body extends object>(
  body: Body,
  options: Record<string, unknown>,
  allowed: readonly string[],
): Body {
  const made = structuredClone(body);
  for (const [path, value] of Object.entries(options)) {
    if (!allowed.some((beginning) => path === beginning || path.startsWith(`${beginning}/`))) continue;
    const steps = path.slice(1).split('/');
    if (steps.length <= maxSteps && !steps.some((step) => unsafe.has(step) || step === '')) set(made, steps, value);
  }
  return made;
}

const maxSteps = 8;
const unsafe = new Set(['__proto__', 'constructor', 'prototype']);

function set(target: object, steps: string[], value: unknown): void {
  let place = target as Record<string, unknown>;
  for (const step of steps.slice(0, -1)) {
    place[step] ??= {};
    const next = place[step];
    if (typeof next !== 'object' || next === null || Array.isArray(next)) return;
    place = next as Record<string, unknown>;
  }
  place[steps.at(-1)!] = value;
}

/**
 * An access token, got when it is first needed and again when it runs out or was refused; one request at a time, whoever
 * waits for it. One that can't be got is asked for again after 5 s at the earliest.
 */
export class AccessToken {
  #load: () => Promise<{ token: string; lifeMs: number }>;
  #now: () => number;
  #known: { token: string; until: number } | undefined;
  #running: Promise<string> | undefined;
  #failed: { error: unknown; until: number } | undefined;

  /** @param load answers the token and how long it is good, ms; a twentieth of that, 5 min at the most, is taken off. */
  constructor(load: () => Promise<{ token: string; lifeMs: number }>, now: () => number) {
    this.#load = load;
    this.#now = now;
  }

  /** @throws what `load` throws. */
  async get(): Promise<string> {
    const now = this.#now();
    if (this.#known && now < this.#known.until) return this.#known.token;
    if (this.#failed && now < this.#failed.until) throw this.#failed.error;
    this.#running ??= this.#get().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** The service doesn't take this token: the next one is got anew, if it is still the one in use. */
  refused(token: string): void {
    if (this.#known?.token === token) this.#known = undefined;
  }

  async #get(): Promise<string> {
    try {
      const { token, lifeMs } = await this.#load();
      this.#known = { token, until: this.#now() + lifeMs - Math.min(lifeMs / 20, 300_000) };
      this.#failed = undefined;
      return token;
    } catch (error) {
      this.#failed = { error, until: this.#now() + 5_000 };
      throw error;
    }
  }
}

/** Thrown by `AccessToken`'s `load` where the service doesn't give one: the outcome of whatever is sent. */
export class NoAccess extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super('the service gives no access token');
    this.outcome = outcome;
  }
}
