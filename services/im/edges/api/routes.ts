import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify';
import Type, { type TSchema } from 'typebox';
import { clientAddress } from '../../../common/addresses/client-address.ts';
import { peerOf } from '../../../common/addresses/edges/proxy-protocol.ts';
import { withDeadline } from '../../../common/bus/deadline.ts';
import { admit, claimsOf } from '../../api/admission.ts';
import { admitAuth } from '../../api/auth.ts';
import type { ApiContext } from '../../api/context.ts';
import type { Endpoint } from '../../api/endpoint.ts';
import { ApiFault, wrongType } from '../../api/faults.ts';
import { makeLenient, type ShapeOf } from '../../api/lenient.ts';
import { splitPathList } from '../../api/path-list.ts';
import type { TokenClaims } from '../../api/tokens.ts';
import { jsonType, success } from './answers.ts';

declare module 'fastify' {
  interface FastifyRequest {
    claims: TokenClaims | undefined;
    /** Asks whether it is let in, once. None of a request that needs no token, or has none that fits. */
    admit: (() => Promise<void>) | undefined;
  }
  interface FastifyContextConfig {
    /** Name of the call, for metrics and logs. */
    call?: string;
    /** Largest body, where it is less than that of other calls. */
    bodyBytes?: number;
  }
}

/** On an answer that was given before: nothing was done for this request. */
const repeatHeader = 'x-longwire-repeat';

/** Largest body of a call that anybody may make. */
const openBodyBytes = 16_384;

const methods: HTTPMethods[] = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];

/** Puts calls at `/v2/{appId}…`; other methods at the same paths are answered as such. */
export function serveEndpoints(app: FastifyInstance, endpoints: Endpoint[], context: ApiContext): void {
  const used = new Map<string, HTTPMethods[]>();
  for (const endpoint of endpoints) {
    const url = `/v2/:appId${endpoint.path}`;
    used.set(url, [...(used.get(url) ?? []), endpoint.method]);
    serveEndpoint(app, url, endpoint, context);
  }
  for (const [url, taken] of used) refuseOtherMethods(app, url, taken);
}

export function refuseOtherMethods(app: FastifyInstance, url: string, taken: HTTPMethods[]): void {
  app.route({
    method: methods.filter((method) => !taken.includes(method)),
    url,
    // Before the body is looked at.
    onRequest: async () => {
      throw new ApiFault('methodNotAllowed', 'method is not allowed');
    },
    handler: async () => undefined,
  });
}

function serveEndpoint(app: FastifyInstance, url: string, endpoint: Endpoint, context: ApiContext): void {
  const { body, params } = endpoint;
  const named = Object.entries<TSchema>(params?.properties ?? {});
  const lists = named.filter(([, schema]) => Type.IsArray(schema)).map(([name]) => name);
  app.route({
    method: endpoint.method,
    url,
    config: { call: endpoint.name, ...(endpoint.open ? { bodyBytes: openBodyBytes } : {}) },
    schema: {
      params: Type.Object({ appId: Type.String(), ...params?.properties }),
      ...(body ? { body } : {}),
    },
    // No async functions where there is nothing to wait for, which would cost each request a few µs.
    onRequest: (request, _reply, done) => {
      try {
        if (endpoint.open) admitAuth(context, clientOf(request, context));
        else {
          const claims = claimsOf(context, appOf(request), tokenOf(request));
          let admitted: Promise<void> | undefined;
          // Not written in the assignment: V8 would allocate it in the old generation, and keep the request with it (decision 030).
          const ask = (): Promise<void> => {
            if (admitted) return admitted;
            admitted = admit(context, claims);
            // Nobody may be waiting for it yet.
            admitted.catch(() => {});
            return admitted;
          };
          request.claims = claims;
          request.admit = ask;
        }
      } catch (error) {
        done(error as Error);
        return;
      }
      if (endpoint.open || endpoint.admitsItself) done();
      else request.admit!().then(() => done(), done);
    },
    preValidation: (request, _reply, done) => {
      changeParams(request, lists, (text) => splitPathList(String(text)));
      if (body) {
        request.body ??= {};
        if (typeof request.body !== 'object' || Array.isArray(request.body)) {
          done(wrongType('body'));
          return;
        }
        makeLenient(body as ShapeOf, request.body);
      }
      done();
    },
    handler: async (request, reply) => {
      // The limit of a list is one of what was sent, its repetitions too.
      changeParams(request, lists, (list) => [...new Set(list as string[])]);
      const { params, body } = request;
      const client = endpoint.open ? clientOf(request, context) : '';
      const app = appOf(request);
      const onRepeat = (requestId: string, differs: boolean): void => {
        reply.header(repeatHeader, '1');
        context.deps.metrics.repeated(differs ? 'other' : 'same');
        if (!differs) return;
        context.deps.log.warn({ app, requestId }, 'a request_id came again with another body: nothing is done for it');
      };
      const { claims, admit = letIn } = request;
      const handled = endpoint.handle(context, { app, params, body, client, claims, admit, onRepeat });
      // Fastify's own timeout aborts a signal at the end of each request, a twentieth of what a push costs here.
      const data = await withDeadline(handled, context.deps.limits.handlerTimeoutMs, 'request');
      reply.header('content-type', jsonType);
      return success(data);
    },
  });
}

async function letIn(): Promise<void> {}

function changeParams(request: FastifyRequest, names: string[], change: (value: unknown) => string[]): void {
  const params = request.params as Record<string, unknown>;
  for (const name of names) params[name] = change(params[name]);
}

function appOf(request: FastifyRequest): string {
  return (request.params as { appId: string }).appId;
}

function clientOf({ raw, headers }: FastifyRequest, { deps }: ApiContext): string {
  const forwarded = [headers['x-forwarded-for'] ?? []].flat();
  return clientAddress(peerOf(raw.socket), forwarded.at(0) && forwarded.join(), deps.proxies.isTrusted);
}

function tokenOf(request: FastifyRequest): string | undefined {
  const token = request.headers['token'];
  return Array.isArray(token) ? token[0] : token;
}
