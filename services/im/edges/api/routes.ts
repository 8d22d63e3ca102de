import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify';
import Type from 'typebox';
import { envelopeOf } from '../../../common/protocol/rest/envelope.ts';
import { admit } from '../../api/admission.ts';
import type { ApiContext } from '../../api/context.ts';
import type { Endpoint } from '../../api/endpoint.ts';
import { ApiFault, wrongType } from '../../api/faults.ts';
import { makeLenient, type ShapeOf } from '../../api/lenient.ts';
import { success } from './answers.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Name of the call, for metrics and logs. */
    call?: string;
  }
}

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
    schema: { hide: true },
    // Before the body is looked at.
    onRequest: async () => {
      throw new ApiFault('methodNotAllowed', 'method is not allowed');
    },
    handler: async () => undefined,
  });
}

function serveEndpoint(app: FastifyInstance, url: string, endpoint: Endpoint, context: ApiContext): void {
  const { body } = endpoint;
  app.route({
    method: endpoint.method,
    url,
    config: { call: endpoint.name },
    schema: {
      operationId: endpoint.name,
      summary: endpoint.summary,
      params: Type.Object({ appId: Type.String(), ...endpoint.params?.properties }),
      response: { 200: envelopeOf(endpoint.data) },
      ...(body ? { body } : {}),
      ...(endpoint.open ? {} : { security: [{ token: [] }] }),
    },
    onRequest: async (request) => {
      if (!endpoint.open) await admit(context, appOf(request), tokenOf(request));
    },
    preValidation: async (request) => {
      if (!body) return;
      request.body ??= {};
      if (typeof request.body !== 'object' || Array.isArray(request.body)) throw wrongType('body');
      makeLenient(body as ShapeOf, request.body);
    },
    handler: async (request) => {
      const { params, body } = request;
      return success(await endpoint.handle(context, { app: appOf(request), params, body }));
    },
  });
}

function appOf(request: FastifyRequest): string {
  return (request.params as { appId: string }).appId;
}

function tokenOf(request: FastifyRequest): string | undefined {
  const token = request.headers['token'];
  return Array.isArray(token) ? token[0] : token;
}
