import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Health } from '../../common/health.ts';

/** Serves `/health/live` and `/health/ready`, without the framework of the roles: the agent is to stay small. */
export async function serveHealth(
  health: Health,
  host: string,
  port: number,
): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    const report = reportOf(request.url);
    const status = report === undefined ? 404 : report.ok ? 200 : 503;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(report ?? { ok: false }));
  });
  server.listen(port, host);
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };

  function reportOf(url: string | undefined) {
    if (url === '/health/live') return health.live();
    return url === '/health/ready' ? health.ready() : undefined;
  }
}
