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
  app.decorateRequest('claims');
  app.decorateRequest('admit');
  takeAnyBodyAsJson(app, deps.limits.bodyBytes);
  observe(app, deps);
  app.setErrorHandler(async (fault, request, reply) => {
    // Whoever isn't let in hears of that, and of nothing else.
    const error = await (request.admit?.() ?? Promise.resolve()).then(
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
  // Hooks that wait for nothing are no async functions, which would cost each request a few µs.
  app.addHook('onRequest', (request, _reply, done) => {
    // Whatever a client calls its body, it is JSON, also where it calls it nothing that makes sense: nobody reads what it is called.
    request.headers['content-type'] = undefined;
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request: FastifyRequest, stream: FastifyRequest['raw'], done) => {
    readBody(stream, request.routeOptions.config.bodyBytes ?? limitBytes, (error, bytes) => {
      const read = error ?? parsed(bytes!);
      // Faults go on as values: as errors they would close the connection, though the body was read to its end.
      if (read instanceof Error && !(read instanceof ApiFault)) done(read);
      else done(null, read);
    });
  });
  app.addHook('preValidation', (request, _reply, done) => {
    done(request.body instanceof ApiFault ? request.body : undefined);
  });
}

/** The value of a body, or what is wrong with it. */
function parsed(bytes: Buffer): unknown {
  try {
    return parseJsonBody(bytes);
  } catch (error) {
    return error;
  }
}

function observe(app: FastifyInstance, { log, metrics }: ApiDeps): void {
  app.addHook('onResponse', (request, reply, done) => {
    const call = request.routeOptions.config.call ?? 'none';
    metrics.answered(call, request.answeredWith, reply.elapsedTime / 1_000);
    log.debug({ call, code: request.answeredWith, ms: Math.round(reply.elapsedTime) }, 'request answered');
    done();
  });
}
