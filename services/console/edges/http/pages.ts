import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ConsoleFault } from '../../core/fault.ts';

/** Where the console's pages begin; paths below it that are no file are pages of the one application. */
const base = '/console/';
const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Longwire console</title>
<h1>The pages of the console are not built</h1>
<p>Run <code>npm run build:console</code> and start the console again. Its calls are answered below
<a href="/console/openapi.json">/console/api</a>.</p></html>
`;

/** Serves the built pages, or one that says that they aren't built. */
export async function servePages(app: FastifyInstance, dir: string): Promise<void> {
  const built = existsSync(join(dir, 'index.html'));
  if (built) {
    await app.register(fastifyStatic, {
      root: dir,
      prefix: base,
      index: false,
      redirect: false,
      cacheControl: false,
      setHeaders: (reply, path) => {
        // Their names change with what is in them.
        const named = path.startsWith(join(dir, 'assets/'));
        reply.header('cache-control', named ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  const index = (reply: FastifyReply): FastifyReply =>
    built
      ? reply.sendFile('index.html')
      : reply.status(503).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(notBuilt);
  for (const path of ['/', '/console']) app.get(path, (_request, reply) => reply.redirect(base));
  app.get(base, (_request, reply) => index(reply));
  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?');
    const isPage = path.startsWith(base) && !path.startsWith(`${base}api/`) && !/\.[^/]*$/.test(path);
    if (request.method !== 'GET' || !isPage) throw new ConsoleFault('not_found', 'no_path');
    return index(reply);
  });
}
