import type { AnswerOf, BodyOf, Endpoint, Endpoints, ParamsOf, QueryOf } from '../calls/endpoint.ts';
import type { Operator } from '../calls/operators.ts';
import type { Rights } from '../core/rights.ts';

/** Somebody who is signed in. */
export interface SignedIn {
  operator: Operator;
  /** SHA-256 of the cookie's value, hex: what the session is stored under. */
  id: string;
  csrf: string;
  mustChangePassword: boolean;
  expiresAt: number;
}

/** What the audit log says of a call beside who, what, when, from where and how it ended. Never a secret. */
export interface AuditNote {
  /** Who was meant, where nobody is signed in. */
  operator?: string;
  app?: string;
  target?: string;
  detail?: Record<string, unknown>;
}

/** A request that fits its schemas, of one who has the right for it. */
export interface ConsoleRequest<S = Endpoint> {
  params: ParamsOf<S>;
  query: QueryOf<S>;
  body: BodyOf<S>;
  /** Null only of calls that need nothing. */
  signedIn: S extends { needs: 'nothing' } ? SignedIn | null : SignedIn;
  /** Those of the operator; none where nobody is signed in. */
  rights: Rights;
  /** The address that it comes from, behind trusted proxies. */
  client: string;
  /** Cookies by name. */
  cookies: Readonly<Record<string, string | undefined>>;
  /** For the row of this call in the audit log. Later words add to earlier ones. */
  note: (note: AuditNote) => void;
  /** Sets the session's cookie, or takes it away. */
  setSession: (token: string | null) => void;
  /** The same for what a sign-in that was begun elsewhere needs to end here: for ten minutes. */
  setSignIn: (checks: string | null) => void;
}

/** Answers a call. @throws ConsoleFault, or LongwireError of a role (better through `asking`, which names it) */
export type Handler<S = Endpoint> = (request: ConsoleRequest<S>) => Promise<AnswerOf<S>>;

/** One page that is looked at: it is shown the newest state, and may miss some on the way. */
export interface LiveReader<Answer> {
  show: (answer: Answer) => void;
  /** Something is away for now; the reader stays. */
  fail: (thrown: unknown) => void;
}

export interface LiveHandler<S = Endpoint> {
  answer: Handler<S>;
  /** Shows the state now and whenever it changed. @returns what ends it */
  watch: (request: ConsoleRequest<S>, reader: LiveReader<AnswerOf<S>>) => () => void;
}

/** The answering side of calls, by name. */
export type Handlers<C extends Endpoints> = {
  [Name in keyof C]: C[Name] extends { live: true } ? LiveHandler<C[Name]> : Handler<C[Name]>;
};

export type AnyHandler = Handler | LiveHandler;
