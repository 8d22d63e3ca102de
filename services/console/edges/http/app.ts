import cookie from '@fastify/cookie';
import { type FastifyInstance, fastify } from 'fastify';
import type { Logger } from '../../../common/log.ts';
import type { Endpoints } from '../../calls/endpoint.ts';
import type { AuditRow } from '../../core/audit-row.ts';
import { consoleDocument } from '../../core/document.ts';
import { securityHeaders } from '../../core/security-headers.ts';
import type { AnyHandler, SignedIn } from '../../handlers/handler.ts';
import type { ConsoleMetrics } from '../../metrics.ts';
import { answerFault } from './answers.ts';
import { LiveStreams } from './live-streams.ts';
import { servePages } from './pages.ts';
import { serveCalls } from './routes.ts';

/** Largest body of a call. */
const bodyBytes = 1_048_576;
/** How long a request may take to arrive, and a connection stays open between two. */
const requestMs = 30_000;
const keepAliveMs = 75_000;
const maxConnections = 2_000;

export interface ConsoleDeps {
  calls: Endpoints;
  /** One for each call, by name. */
  handlers: Readonly<Record<string, AnyHandler>>;
  sessions: {
    /**
     * Who is signed in with a cookie; null: nobody.
     *
     * @param strictly asked anew, as it is needed for a change; otherwise what was found a while ago serves while user-mysql is away.
     */
    find: (token: string, strictly: boolean) => Promise<SignedIn | null>;
  };
  audit: {
    /** @throws ConsoleFault while earlier rows can't be stored: nothing is changed then. */
    assertReady: () => void;
    /** Resolves when it is stored, or kept to be stored later. */
    write: (row: AuditRow) => Promise<void>;
  };
  log: Logger;
  metrics: ConsoleMetrics;
  /** Where the built pages are. */
  pagesDir: string;
  /** Cookies go over https only. */
  secureCookie: boolean;
  /** Where browsers reach the console, if it is told: `https://console.example.com`. */
  publicUrl: string | undefined;
  /** Where virtual devices connect. */
  deviceUrl: string | undefined;
  /** Of proxies that say who the client is. */
  isTrusted: (address: string) => boolean;
  now: () => number;
}

/** The console's HTTP side, not listening yet: calls at `/console/api`, their document, and the pages. */
export async function createConsoleApp(deps: ConsoleDeps): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: bodyBytes,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    return503OnClosing: false,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 200 },
    frameworkErrors: (error, request, reply) => {
      answerFault(request, reply, error, deps.log);
    },
  });
  // JSON alone: what a form of another site could send is no call.
  app.removeContentTypeParser('text/plain');
  app.server.maxConnections = maxConnections;
  const headers = securityHeaders(deps.deviceUrl);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers);
    if (request.url.startsWith('/console/api/')) reply.header('cache-control', 'no-store');
  });
  await app.register(cookie);
  app.setErrorHandler((error, request, reply) => answerFault(request, reply, error, deps.log));
  const streams = new LiveStreams(deps, headers);
  app.addHook('preClose', async () => streams.stop());
  serveCalls(app, deps, streams);
  const document = JSON.stringify(consoleDocument(deps.calls));
  app.get('/console/openapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(document));
  await servePages(app, deps.pagesDir);
  return app;
}
