import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyRequest } from 'fastify';
import type { Endpoint } from '../../calls/endpoint.ts';
import type { AuditRow } from '../../core/audit-row.ts';
import type { ConsoleFault } from '../../core/fault.ts';
import { Rights } from '../../core/rights.ts';
import type { AuditNote, ConsoleRequest, SignedIn } from '../../handlers/handler.ts';
import type { ConsoleDeps } from './app.ts';

/** Faults that say: this one may not do that. */
const refusals: ReadonlySet<string> = new Set([
  ...['not_signed_in', 'bad_credentials', 'forbidden', 'password_change_needed', 'bad_csrf'],
  ...['locked', 'too_many_attempts'],
]);

export function sessionCookie(secure: boolean): { name: string; options: CookieSerializeOptions } {
  return { name: 'longwire_session', options: { httpOnly: true, sameSite: 'strict', path: '/console', secure } };
}

/** How long a sign-in at an identity provider may take. */
const signInMs = 600_000;

/** Comes along when the provider sends the browser back, which is another site. */
export function signInCookie(secure: boolean): { name: string; options: CookieSerializeOptions } {
  const path = '/console/api/session/oidc';
  return {
    name: 'longwire_sign_in',
    options: { httpOnly: true, sameSite: 'lax', path, secure, maxAge: signInMs / 1_000 },
  };
}

/** One request to one call: who makes it, and what the audit log is to say of it. */
export class Visit {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly client: string;
  readonly cookies: Readonly<Record<string, string | undefined>>;
  readonly #params: Readonly<Record<string, string | undefined>>;
  readonly #audit: ConsoleDeps['audit'];
  readonly #now: () => number;
  signedIn: SignedIn | null = null;
  rights = new Rights([]);
  /** The app is hidden from whoever asks: answered as one that isn't there, and noted as refused. */
  hidden = false;
  #note: AuditNote = {};
  #written = false;

  constructor(
    name: string,
    endpoint: Endpoint,
    request: FastifyRequest,
    client: string,
    audit: ConsoleDeps['audit'],
    now: () => number,
  ) {
    this.name = name;
    this.endpoint = endpoint;
    this.client = client;
    this.cookies = request.cookies;
    this.#params = (request.params ?? {}) as Record<string, string>;
    this.#audit = audit;
    this.#now = now;
  }

  get app(): string | undefined {
    return this.#params['app'];
  }

  get changes(): boolean {
    return this.endpoint.method !== 'GET' && this.endpoint.reads !== true;
  }

  requestOf(
    parts: { params: unknown; query: unknown; body: unknown },
    set: Pick<ConsoleRequest, 'setSession' | 'setSignIn'>,
  ): ConsoleRequest {
    const { signedIn, rights, client, cookies } = this;
    const note = (more: AuditNote): void => {
      this.#note = { ...this.#note, ...more, detail: { ...this.#note.detail, ...more.detail } };
    };
    // The parts fit the schemas that the handler's types come from.
    return { ...parts, signedIn, rights, client, cookies, note, ...set } as unknown as ConsoleRequest;
  }

  async done(): Promise<void> {
    if (this.changes || this.endpoint.audited) await this.#write('done', {});
  }

  async failed({ code, details }: ConsoleFault): Promise<void> {
    const refused = this.hidden || refusals.has(code);
    // Whoever is not signed in and only looks is told so, and that is all.
    if (!this.changes && (!refused || code === 'not_signed_in')) return;
    const { field, role } = details;
    const detail = { code, ...(field === undefined ? {} : { field }), ...(role === undefined ? {} : { role }) };
    await this.#write(refused ? 'refused' : 'failed', detail);
  }

  async #write(result: AuditRow['result'], detail: Record<string, unknown>): Promise<void> {
    if (this.#written) return;
    this.#written = true;
    const { operator, app, target, detail: noted } = this.#note;
    const named = Object.entries(this.#params).filter(([name]) => name !== 'app');
    await this.#audit.write({
      at: this.#now(),
      operator: this.signedIn?.operator.name ?? operator ?? null,
      action: this.name,
      app: this.app ?? app ?? null,
      target: target ?? (named.length > 0 ? named.map(([, value]) => value).join(' ') : null),
      result,
      address: this.client,
      detail: { ...noted, ...detail },
    });
  }
}
