import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleForBrowsers, bundleForWorkers } from '../../sdk/build.ts';
import type { ConnectOptions } from '../../sdk/src/index.ts';

export interface Site {
  /** On localhost, where pages have WebCrypto without HTTPS. */
  readonly url: string;
  stop(): Promise<void>;
}

/** What the page gives to `connect`, as far as JSON can say it. */
export type PageOptions = Pick<ConnectOptions, 'url' | 'appId' | 'appSecret' | 'tuning'>;

const pageDir = join(import.meta.dirname, 'page');

const types: Record<string, string> = { html: 'text/html', js: 'text/javascript' };

/** Serves the files of `page/`, with the SDK's bundles as they are built for publishing. `/` is `index.html`. */
export async function startSite(options: PageOptions): Promise<Site> {
  const files = new Map<string, { type: string; content: string }>();
  for (const name of readdirSync(pageDir)) {
    files.set(`/${name}`, {
      type: types[name.split('.').at(-1)!]!,
      content: readFileSync(join(pageDir, name), 'utf8'),
    });
  }
  files.set('/', files.get('/index.html')!);
  files.set('/options.json', { type: 'application/json', content: JSON.stringify(options) });
  for (const [name, content] of await bundles()) files.set(`/${name}`, { type: 'text/javascript', content });
  const server = createServer((request, response) => {
    const file = files.get(new URL(request.url ?? '', 'http://site').pathname);
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

async function bundles(): Promise<[string, string][]> {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-site-'));
  const read = (name: string): [string, string] => [name, readFileSync(join(dir, name), 'utf8')];
  try {
    await bundleForBrowsers(join(dir, 'longwire.browser.js'));
    await bundleForBrowsers(join(dir, 'longwire.tabs.js'), 'tabs');
    await bundleForBrowsers(join(dir, 'longwire.web-push.js'), 'web-push');
    await bundleForBrowsers(join(dir, 'longwire.indexeddb.js'), 'indexeddb');
    await bundleForWorkers(join(dir, 'longwire.service-worker.js'));
    return readdirSync(dir)
      .filter((name) => name.endsWith('.js'))
      .map(read);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
