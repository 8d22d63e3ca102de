import type { FastifyInstance } from 'fastify';
import { refuseOtherMethods } from './routes.ts';

/** Serves a document of an API at a path, to anyone. */
export function serveDocument(app: FastifyInstance, url: string, document: object): void {
  const text = JSON.stringify(document);
  app.get(url, { config: { call: 'document' } }, (_request, reply) =>
    reply.header('content-type', 'application/json; charset=utf-8').send(text),
  );
  refuseOtherMethods(app, url, ['GET']);
}
