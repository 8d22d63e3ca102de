import type { Static, TObject, TSchema } from 'typebox';
import type { ApiContext } from './context.ts';

/** A request that was let in: its token fits its app, its path and body fit their schemas. */
export interface ApiRequest<Params = unknown, Body = unknown> {
  app: string;
  params: Params;
  body: Body;
}

/** One call of the API, whatever server carries it. */
export interface Endpoint {
  /** Its name in metrics, logs and the API document. */
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/v2/{appId}`; parameters as `:name`. */
  path: string;
  summary: string;
  params?: TObject;
  body?: TObject;
  /** What `data` holds; none: the answer has no data. */
  data?: TSchema;
  /** Needs no token. */
  open?: boolean;
  /** Answers `data`. @throws ApiFault */
  handle: (context: ApiContext, request: ApiRequest) => Promise<unknown>;
}

type Of<S extends TSchema | undefined> = S extends TSchema ? Static<S> : unknown;

/** Declares a call; its handler's types come from its schemas. */
export function endpoint<
  const Params extends TObject | undefined = undefined,
  const Body extends TObject | undefined = undefined,
  const Data extends TSchema | undefined = undefined,
>(
  spec: Omit<Endpoint, 'params' | 'body' | 'data' | 'handle'> & {
    params?: Params;
    body?: Body;
    data?: Data;
    handle: (
      context: ApiContext,
      request: ApiRequest<Of<Params>, Of<Body>>,
    ) => Promise<Data extends TSchema ? Static<Data> | undefined : void>;
  },
): Endpoint {
  // The server hands a handler only what fits the schemas that its types come from.
  return spec as unknown as Endpoint;
}
