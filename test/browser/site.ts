import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleForBrowsers } from '../../sdk/build.ts';
import type { ConnectOptions } from '../../sdk/src/index.ts';

export interface Site {
  /** On localhost, where pages have WebCrypto without HTTPS. */
  readonly url: string;
  stop(): Promise<void>;
}

/** What the page gives to `connect`, as far as JSON can say it. */
export type PageOptions = Pick<ConnectOptions, 'url' | 'appId' | 'appSecret' | 'tuning'>;

const pageDir = join(import.meta.dirname, 'page');

/** Serves the page of `page/`, with the SDK's browser bundle as it is built for publishing. */
export async function startSite(options: PageOptions): Promise<Site> {
  const files: Record<string, { type: string; content: string }> = {
    '/': { type: 'text/html', content: readFileSync(join(pageDir, 'index.html'), 'utf8') },
    '/app.js': { type: 'text/javascript', content: readFileSync(join(pageDir, 'app.js'), 'utf8') },
    '/longwire.browser.js': { type: 'text/javascript', content: await bundle() },
    '/options.json': { type: 'application/json', content: JSON.stringify(options) },
  };
  const server = createServer((request, response) => {
    const file = files[request.url ?? ''];
    response.writeHead(file ? 200 : 404, { 'content-type': file?.type ?? 'text/plain' }).end(file?.content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `http://localhost:${port}/`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bundle(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-site-'));
  try {
    const file = join(dir, 'longwire.browser.js');
    await bundleForBrowsers(file);
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
