import type { Static, TObject, TSchema } from 'typebox';
import type { RestCode } from '../../common/protocol/rest/codes.ts';
import type { ApiContext } from './context.ts';
import type { OnRepeat } from './idempotency.ts';
import type { TokenClaims } from './tokens.ts';

/** A request whose token fits its app, and whose path and body fit their schemas. */
export interface ApiRequest<Params = unknown, Body = unknown> {
  app: string;
  params: Params;
  body: Body;
  /** The address that it comes from, behind proxies. Of calls that need no token; empty otherwise. */
  client: string;
  /** What its token says; undefined of calls that need none. */
  claims: TokenClaims | undefined;
  /** Asks once; resolves when it is let in, rejects with an ApiFault if it isn't. */
  admit: () => Promise<void>;
  /** Told of what was done before, which is answered as it was then. */
  onRepeat: OnRepeat;
}

/** A request that works and the data of its answer. Both documents show it, and tests of bad input begin with it. */
export interface Example {
  params?: Record<string, string | string[]>;
  body?: object;
  data?: unknown;
}

/**
 * Data of an answer that is written as JSON already. For answers whose names are new each time, such as `{task: {cid: status}}`: V8 gives an
 * object with new names a class of its own, which it puts into the old generation along with the names (decision 031).
 */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** One call of the API, whatever server carries it. */
export interface Endpoint {
  /** Its name in metrics, logs and the API document. */
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/v2/{appId}`; parameters as `:name`. */
  path: string;
  summary: string;
  /** An array is a list in the path, separated by commas. */
  params?: TObject;
  body?: TObject;
  /** What `data` holds; none: the answer has no data. */
  data?: TSchema;
  /** How it may be answered besides what every call may be (`api-document.ts`). */
  codes?: readonly RestCode[];
  example: Example;
  /** Needs no token. */
  open?: boolean;
  /** Its handler awaits `admit` itself, along with its other look-ups, before it does or tells anything. Others are called after that. */
  admitsItself?: boolean;
  /** Answers `data`. @throws ApiFault */
  handle: (context: ApiContext, request: ApiRequest) => Promise<unknown>;
}

type Of<S extends TSchema | undefined> = S extends TSchema ? Static<S> : unknown;

/** Has a part for each schema of the call, and fits it. */
type ExampleOf<Schemas extends { [Part in keyof Example]: TSchema | undefined }> = {
  [Part in keyof Schemas as Schemas[Part] extends TSchema ? Part : never]: Schemas[Part] extends TSchema
    ? Static<Schemas[Part]>
    : never;
};

/** Declares a call; the types of its handler and its example come from its schemas. */
export function endpoint<
  const Params extends TObject | undefined = undefined,
  const Body extends TObject | undefined = undefined,
  const Data extends TSchema | undefined = undefined,
>(
  spec: Omit<Endpoint, 'params' | 'body' | 'data' | 'example' | 'handle'> & {
    params?: Params;
    body?: Body;
    data?: Data;
    example: ExampleOf<{ params: Params; body: Body; data: Data }>;
    handle: (
      context: ApiContext,
      request: ApiRequest<Of<Params>, Of<Body>>,
    ) => Promise<Data extends TSchema ? Static<Data> | JsonText | undefined : void>;
  },
): Endpoint {
  // The server hands a handler only what fits the schemas that its types come from.
  return spec as unknown as Endpoint;
}
