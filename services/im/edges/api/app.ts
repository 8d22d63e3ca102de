import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify';
import { ConnectionRoom } from '../../../common/addresses/edges/connection-room.ts';
import { readProxyHeaders } from '../../../common/addresses/edges/proxy-protocol.ts';
import { deviceDocument } from '../../../common/protocol/device-document.ts';
import { apiDocument } from '../../api/api-document.ts';
import { createContext } from '../../api/context.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { endpoints } from '../../api/endpoints.ts';
import { ApiFault, invalid } from '../../api/faults.ts';
import { parseJsonBody } from '../../api/json-body.ts';
import { type SchemaError, schemaFault } from '../../api/schema-faults.ts';
import { answerBrokenRequest, answerFault } from './answers.ts';
import { readBody } from './body.ts';
import { serveDocument } from './documents.ts';
import { serveEndpoints } from './routes.ts';

export type { ApiDeps, ApiLimits } from '../../api/deps.ts';

/** A path may list 1,000 cids, commas percent-encoded. */
const maxPathBytes = 40_000;
/** Connections at the most, and those of one address. */
const maxConnections = 10_000;
const maxConnectionsOfAddress = 2_000;
/** How long a request may take to arrive, and its head. The time before a connection's next request counts in neither. */
const requestMs = 30_000;
const headersMs = 20_000;
/** How often connections are looked at for that. */
const checkMs = 5_000;

/** The upstream HTTP API, not listening yet. Its contract is `docs/api.md`. */
export function createApiApp(deps: ApiDeps): FastifyInstance {
  const app = fastify({
    logger: false,
    http: { maxHeaderSize: 64 * 1024, headersTimeout: headersMs, connectionsCheckingInterval: checkMs },
    requestTimeout: requestMs,
    // What comes on an open connection while this stops is served, and the connection closed: the stores stop after it.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: maxPathBytes },
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        allowUnionTypes: true,
        verbose: true,
      },
    },
    schemaErrorFormatter: (errors, part) => (errors[0] ? schemaFault(errors[0] as SchemaError, part) : invalid(part)),
    frameworkErrors: (error, request, reply) => {
      answerFault(request, reply, error, deps.log);
    },
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket),
  });
  // Read at the end of each answer, so a change counts from the next one on.
  Object.defineProperty(app.server, 'keepAliveTimeout', { get: () => deps.limits.keepAliveMs });
  const { isTrusted, proxyProtocol, isExempt } = deps.proxies;
  if (proxyProtocol) readProxyHeaders(app.server, { isTrusted, onBad: () => deps.metrics.refused('proxy_header') });
  const room = new ConnectionRoom(
    deps.room ?? { most: maxConnections, mostOfAddress: maxConnectionsOfAddress },
    (address) => isTrusted(address) || isExempt(address),
  );
  app.server.on('connection', (socket) => room.begin(socket));
  app.decorateRequest('answeredWith', 'ok');
  app.decorateRequest('admitted');
  takeAnyBodyAsJson(app, deps.limits.bodyBytes);
  observe(app, deps);
  app.setErrorHandler(async (fault, request, reply) => {
    // Whoever isn't let in hears of that, and of nothing else.
    const error = await (request.admitted ?? Promise.resolve()).then(
      () => fault,
      (refused: Error) => refused,
    );
    // A time of its own for each, so that not all come back at once.
    if (error instanceof ApiFault && error.kind === 'authRate') {
      reply.header('retry-after', Math.ceil(deps.authLimits.retryAfterMs() / 1_000));
    }
    return answerFault(request, reply, error, deps.log);
  });
  app.setNotFoundHandler(() => {
    throw new ApiFault('notFound', 'not found');
  });
  serveEndpoints(app, endpoints, createContext(deps));
  serveDocument(app, '/openapi.json', apiDocument(endpoints));
  serveDocument(app, '/asyncapi.json', deviceDocument());
  return app;
}

function takeAnyBodyAsJson(app: FastifyInstance, limitBytes: number): void {
  app.addHook('onRequest', async (request) => {
    // Whatever a client calls its body, it is JSON, also where it calls it nothing that makes sense.
    if (request.headers['content-type'] !== undefined) request.headers['content-type'] = 'application/json';
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', async (request: FastifyRequest, stream: FastifyRequest['raw']) => {
    // Faults go on as values: thrown here they would close the connection, though the body was read to its end.
    try {
      return parseJsonBody(await readBody(stream, request.routeOptions.config.bodyBytes ?? limitBytes));
    } catch (error) {
      if (error instanceof ApiFault) return error;
      throw error;
    }
  });
  app.addHook('preValidation', async (request) => {
    if (request.body instanceof ApiFault) throw request.body;
  });
}

function observe(app: FastifyInstance, { log, metrics }: ApiDeps): void {
  app.addHook('onResponse', async (request, reply) => {
    const call = request.routeOptions.config.call ?? 'none';
    metrics.answered(call, request.answeredWith, reply.elapsedTime / 1_000);
    log.debug({ call, code: request.answeredWith, ms: Math.round(reply.elapsedTime) }, 'request answered');
  });
}
