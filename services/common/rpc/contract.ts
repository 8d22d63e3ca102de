import Type, { type Static, type TSchema } from 'typebox';

/**
 * One internal call. Every call is idempotent, by contract: callers repeat it on another instance when one fails.
 */
export interface Call<Request extends TSchema = TSchema, Response extends TSchema = TSchema> {
  request: Request;
  response: Response;
  /** Deadline of a call with all its repeats, unless the caller sets one. */
  deadlineMs: number;
}

export type Calls = Record<string, Call>;

export interface CallOptions {
  deadlineMs?: number;
}

/** The caller's side of a contract. */
export type Client<C extends Calls> = {
  [Name in keyof C]: (
    request: Static<C[Name]['request']>,
    options?: CallOptions,
  ) => Promise<Static<C[Name]['response']>>;
};

/** The answering side of a contract. */
export type Handlers<C extends Calls> = {
  [Name in keyof C]: (request: Static<C[Name]['request']>) => Promise<Static<C[Name]['response']>>;
};

export function call<Request extends TSchema, Response extends TSchema>(
  request: Request,
  response: Response,
  deadlineMs = 3_000,
): Call<Request, Response> {
  return { request, response, deadlineMs };
}

/** Largest body of a call; a larger one is refused as `too_large`. */
export const bodyLimitBytes = 16 * 1024 * 1024;

/** What a caller that batches texts puts into one call at the most, as `escapedBytes`: the rest is room for what stands beside them. */
export const maxCallBytes = 12 * 1024 * 1024;

/** Bytes that a text takes in a body at the most, however badly it escapes: a character of its UTF-16 can become six. */
export function escapedBytes(text: string): number {
  return 6 * text.length;
}

/** Items in one batched call at the most; a larger batch is refused as `bad_request`. */
export const maxBatchItems = 1_000;

/** A call over many items, which answers one result an item, in order. */
export function batchCall<Item extends TSchema, Result extends TSchema>(
  item: Item,
  result: Result,
  deadlineMs = 3_000,
) {
  return call(
    Type.Object({ items: Type.Array(item, { minItems: 1, maxItems: maxBatchItems }) }),
    Type.Object({ results: Type.Array(result) }),
    deadlineMs,
  );
}
