import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { clientAddress } from '../../../common/addresses/client-address.ts';
import { peerOf } from '../../../common/addresses/edges/proxy-protocol.ts';
import { withDeadline } from '../../../common/bus/deadline.ts';
import type { Endpoint } from '../../calls/endpoint.ts';
import { ConsoleFault } from '../../core/fault.ts';
import { type Reader, readerOf } from '../../core/reader.ts';
import type { AnyHandler, Handler, LiveHandler } from '../../handlers/handler.ts';
import { admit } from './admit.ts';
import { asFault } from './answers.ts';
import type { ConsoleDeps } from './app.ts';
import type { LiveStreams } from './live-streams.ts';
import { sessionCookie, signInCookie, Visit } from './visit.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Name of the call, for metrics and logs. */
    call?: string;
    /** A browser is here itself, and wants a page. */
    redirects?: boolean;
  }
  interface FastifyRequest {
    visit: Visit | undefined;
  }
}

const base = '/console/api';
/** One call, with all that it asks of roles. */
const callMs = 20_000;
const methods: HTTPMethods[] = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];

/** Puts the calls at their paths; other methods there are answered as such. */
export function serveCalls(app: FastifyInstance, deps: ConsoleDeps, streams: LiveStreams): void {
  app.decorateRequest('visit', undefined);
  app.addHook('onResponse', async (request, reply) => {
    const call = request.routeOptions.config.call;
    if (call !== undefined) deps.metrics.answered(call, reply.statusCode, reply.elapsedTime / 1_000);
  });
  app.addHook('onError', async (request, _reply, error) => {
    await request.visit?.failed(asFault(error));
  });
  const taken = new Map<string, string[]>();
  for (const [name, endpoint] of Object.entries(deps.calls)) {
    const handler = deps.handlers[name];
    if (!handler) throw new Error(`the call ${name} has no handler`);
    const url = `${base}${endpoint.path}`;
    taken.set(url, [...(taken.get(url) ?? []), endpoint.method]);
    serveCall(app, url, { name, endpoint, handler }, deps);
    if (endpoint.live) {
      taken.set(`${url}/live`, ['GET']);
      serveLive(app, `${url}/live`, { name, endpoint, handler }, deps, streams);
    }
  }
  for (const [url, used] of taken) refuseOtherMethods(app, url, used);
}

interface Served {
  name: string;
  endpoint: Endpoint;
  handler: AnyHandler;
}

function serveCall(app: FastifyInstance, url: string, { name, endpoint, handler }: Served, deps: ConsoleDeps): void {
  const read = requestReader(endpoint);
  const answer = 'watch' in handler ? handler.answer : handler;
  app.route({
    method: endpoint.method,
    url,
    config: { call: name, ...(endpoint.redirects ? { redirects: true } : {}) },
    onRequest: async (request) => {
      await enter(request, name, endpoint, deps);
    },
    handler: async (request, reply) => {
      const visit = request.visit as Visit;
      const answered = await withDeadline(call(answer, request, reply, visit, read, deps), callMs, name);
      await visit.done();
      if (endpoint.redirects) return reply.redirect((answered as { location: string }).location);
      return answered === undefined ? reply.status(204).send() : answered;
    },
  });
}

function serveLive(
  app: FastifyInstance,
  url: string,
  { name, endpoint, handler }: Served,
  deps: ConsoleDeps,
  streams: LiveStreams,
): void {
  const read = requestReader(endpoint);
  app.route({
    method: 'GET',
    url,
    config: { call: `${name}Live` },
    onRequest: async (request) => {
      await enter(request, name, endpoint, deps);
    },
    handler: (request, reply) => {
      const visit = request.visit as Visit;
      const given = visit.requestOf(read(request), { setSession: () => {}, setSignIn: () => {} });
      streams.begin(request, reply, visit, (reader) => (handler as LiveHandler).watch(given, reader));
      return reply;
    },
  });
}

async function enter(request: FastifyRequest, name: string, endpoint: Endpoint, deps: ConsoleDeps): Promise<void> {
  const forwarded = [request.headers['x-forwarded-for'] ?? []].flat();
  const client = clientAddress(peerOf(request.raw.socket), forwarded.at(0) && forwarded.join(), deps.isTrusted);
  const visit = new Visit(name, endpoint, request, client, deps.audit, deps.now);
  request.visit = visit;
  await admit(visit, request, deps);
}

async function call(
  answer: Handler,
  request: FastifyRequest,
  reply: FastifyReply,
  visit: Visit,
  read: (request: FastifyRequest) => Parts,
  { secureCookie }: ConsoleDeps,
): Promise<unknown> {
  const setter =
    ({ name, options }: ReturnType<typeof sessionCookie>) =>
    (value: string | null) => {
      if (value === null) reply.clearCookie(name, options);
      else reply.setCookie(name, value, options);
    };
  const setSession = setter(sessionCookie(secureCookie));
  const setSignIn = setter(signInCookie(secureCookie));
  return answer(visit.requestOf(read(request), { setSession, setSignIn }));
}

interface Parts {
  params: unknown;
  query: unknown;
  body: unknown;
}

function requestReader({ params, query, body }: Endpoint): (request: FastifyRequest) => Parts {
  const none: Reader = () => ({});
  const readParams = params ? readerOf(params, 'params') : none;
  const readQuery = query ? readerOf(query, 'query') : none;
  const readBody = body ? readerOf(body, 'body') : none;
  return (request) => ({
    params: readParams(request.params),
    query: readQuery(request.query),
    body: readBody(request.body),
  });
}

function refuseOtherMethods(app: FastifyInstance, url: string, taken: string[]): void {
  app.route({
    method: methods.filter((method) => !taken.includes(method)),
    url,
    // Before the body is looked at.
    onRequest: async () => {
      throw new ConsoleFault('method_not_allowed', 'wrong_method', { allowed: taken.join(', ') });
    },
    handler: async () => undefined,
  });
}
