import type { Static, TObject, TSchema } from 'typebox';

/**
 * What a call asks of whoever makes it.
 *
 * - `nothing`: no session.
 * - `session`: any session, also one whose operator has to change the password first.
 * - `any`: an operator with any right, of all apps or of one.
 * - `viewer`, `sender`, `admin`: that right or a greater one, of the app that the path names as `:app`.
 * - `admin of all`: an admin of all apps.
 */
export const needs = ['nothing', 'session', 'any', 'viewer', 'sender', 'admin', 'admin of all'] as const;
export type Needs = (typeof needs)[number];

/** One call of the console, below `/console/api`. Schemas say what is taken and answered; nothing else is. */
export interface Endpoint {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Begins with `/`; parameters as `:name`. One that is named `app` is an app that the caller has to have the right for. */
  path: string;
  summary: string;
  needs: Needs;
  params?: TObject;
  /** Texts of numbers and of booleans are read as such. */
  query?: TObject;
  body?: TObject;
  /** None: 204 without a body. */
  answer?: TSchema;
  /** At the path + `/live` the same answer comes as server-sent events, each one the whole state. */
  live?: true;
  /** The browser goes there itself: the answer is `{ location }`, and the status 302. A fault leads to the page of sign-in, which says it. */
  redirects?: true;
  /** A row in the audit log, though it is a GET. */
  audited?: true;
  /** Changes nothing, though it isn't a GET: no row in the audit log unless it is refused. */
  reads?: true;
  /** A request that fits the schemas: tests of rights and of bad input begin with it. */
  example: { params?: object; query?: object; body?: object };
}

export type Endpoints = Record<string, Endpoint>;

type Part<S, Name extends string> = S extends { [N in Name]: infer Schema extends TSchema }
  ? Static<Schema>
  : Record<never, never>;
export type ParamsOf<S> = Part<S, 'params'>;
export type QueryOf<S> = Part<S, 'query'>;
export type BodyOf<S> = Part<S, 'body'>;
/** `undefined` where a call answers nothing. */
export type AnswerOf<S> = S extends { answer: infer Schema extends TSchema } ? Static<Schema> : undefined;

type ExampleOf<S> = {
  [Name in 'params' | 'query' | 'body' as S extends { [N in Name]: TSchema } ? Name : never]: S extends {
    [N in Name]: infer Schema extends TSchema;
  }
    ? Static<Schema>
    : never;
};

/** Declares a call; the types of its handler, of its example and of what pages send and get come from its schemas. */
export function endpoint<const S extends Omit<Endpoint, 'example'>>(
  spec: S & { example: ExampleOf<S> },
): S & { example: ExampleOf<S> } {
  return spec;
}
