import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { refuseOtherMethods } from './routes.ts';

/** Gathers the schemas of the routes that are added after it into one document. */
export function describeRoutes(app: FastifyInstance): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Longwire upstream API',
        version: '2',
        description:
          'What upstream apps ask for. Every answer is `{code, msg, data?}`; code 0 is success, whatever else is at fault is in `msg`.',
      },
      components: {
        securitySchemes: { token: { type: 'apiKey', in: 'header', name: 'token', description: 'From POST /auth' } },
      },
    },
  });
}

/** Serves that document. */
export function serveDocument(app: FastifyInstance): void {
  const url = '/openapi.json';
  app.get(url, { schema: { hide: true }, config: { call: 'openapi' } }, () => app.swagger());
  refuseOtherMethods(app, url, ['GET']);
}
