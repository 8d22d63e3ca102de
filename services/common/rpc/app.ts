import type { Server } from 'node:http';
import { type FastifyInstance, fastify } from 'fastify';
import type { Registry } from 'prom-client';
import { type ErrorCode, errorTable, LongwireError } from '../errors.ts';
import type { Health } from '../health.ts';
import type { Logger } from '../log.ts';

/** What a caller is told of a fault. */
export interface TellableFault {
  code: ErrorCode;
  message: string;
  field?: string;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Logs what a call threw, and answers what its caller is told. */
    reportFault: (call: string, thrown: unknown) => TellableFault;
  }
}

/** A plain HTTP application for internal use: answers errors in one shape, `{error: {code, message, field?}}`. */
export function createInternalApp(log: Logger): FastifyInstance {
  const app = fastify({
    logger: false,
    keepAliveTimeout: 10_000,
    requestTimeout: 30_000,
    // What was sent is what is meant: a null stays null, a number never comes of a text.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
  });
  app.decorate('reportFault', (call: string, thrown: unknown): TellableFault => {
    const known = asLongwireError(thrown);
    const { code, message, field } = known;
    log[errorTable[code].logLevel]({ call: call.slice(0, 100), code, err: known }, 'call failed');
    return field === undefined ? { code, message } : { code, message, field };
  });
  app.setErrorHandler((thrown, request, reply) => {
    const error = app.reportFault(request.url, thrown);
    return reply.status(errorTable[error.code].httpStatus).send({ error });
  });
  app.setNotFoundHandler(() => {
    throw new LongwireError('not_found', 'no such call');
  });
  return app;
}

/** Adds `/health/live`, `/health/ready` and `/metrics`. */
export function serveOps(app: FastifyInstance, health: Health, registry: Registry): void {
  app.get('/health/live', (_request, reply) => {
    const report = health.live();
    return reply.status(report.ok ? 200 : 503).send(report);
  });
  app.get('/health/ready', (_request, reply) => {
    const report = health.ready();
    return reply.status(report.ok ? 200 : 503).send(report);
  });
  app.get('/metrics', async (_request, reply) => {
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

/** `listenOn` for a Fastify application. */
export async function listen(app: FastifyInstance, host: string, port: number, shared: boolean): Promise<number> {
  await app.ready();
  return listenOn(app.server, host, port, shared);
}

/**
 * Listens on `host:port`. With `shared`, several processes of one machine listen on the same port and the kernel
 * spreads connections over them.
 *
 * @returns the port, also when 0 was asked for.
 */
export async function listenOn(server: Server, host: string, port: number, shared: boolean): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 4096, reusePort: shared && port !== 0 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return (server.address() as { port: number }).port;
}

function asLongwireError(error: unknown): LongwireError {
  if (error instanceof LongwireError) return error;
  const { validation, statusCode, message } = error as {
    validation?: { instancePath?: string; params?: { missingProperty?: string } }[];
    statusCode?: number;
    message: string;
  };
  const first = validation?.[0];
  if (first) {
    const field = `${first.instancePath ?? ''}/${first.params?.missingProperty ?? ''}`.replace(/^\/|\/$/g, '');
    return new LongwireError('bad_request', message, { field });
  }
  if (statusCode === 413) return new LongwireError('too_large', message, { cause: error });
  if (statusCode !== undefined && statusCode < 500) return new LongwireError('bad_request', message, { cause: error });
  return new LongwireError('internal', 'unexpected fault', { cause: error });
}
