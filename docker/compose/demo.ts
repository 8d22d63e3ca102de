import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { consoleUser } from '../../scripts/up/console-user.ts';
import { startDemo } from '../../scripts/up/demo.ts';
import { ensureApp } from '../../scripts/up/demo-app.ts';
import { openInstallation } from '../../scripts/up/installation.ts';
import { root } from './places.ts';

/** MySQL's first start and the roles' own. */
const limitMs = 300_000;

/** Where a shell on this machine finds the two, as `compose.yaml` publishes them. */
const api = `http://127.0.0.1:${process.env['API_PORT']}`;
const sdk = `ws://127.0.0.1:${process.env['DEVICE_PORT']}/sdk/v1`;

/** The demo device of `npm run up`, for the product line "push" of `compose.yaml`. */
const folder = join(root, 'installation/push');
const installation = openInstallation(folder, 'kafka');
const { internalSecret: secret } = installation;
await answers('http://push-user-mysql:7100/health/ready');
installation.app = await ensureApp('http://push-user-mysql:7102', secret, installation.app);
await answers('http://push-im:7100/health/ready');
await answers('http://push-cm:7100/health/ready');

const { appId, appKey, masterSecret, appSecret } = installation.app;
process.stdout.write(`
Longwire is up.

  upstream API   ${api}/v2/${appId}
  devices        ${sdk}
  console        http://127.0.0.1:${process.env['CONSOLE_PORT']}/console/ user ${consoleUser}, first password ${installation.console.password}
  credentials    appId ${appId}
                 appKey ${appKey}
                 masterSecret ${masterSecret}
                 appSecret ${appSecret}
`);
const stop = await startDemo(
  {
    api,
    sdk,
    app: { appId, appKey, masterSecret, appSecret },
  },
  { installation, stop: async () => {} },
  folder,
  { api: 'http://push-im:8080', sdk: 'ws://push-cm:8081/sdk/v1' },
);
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void stop().then(() => process.exit(0)));

/** Resolves when the page is answered with 200. */
async function answers(url: string): Promise<void> {
  for (const end = Date.now() + limitMs; ; await sleep(500)) {
    try {
      if ((await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok) return;
    } catch {
      // Not listening yet.
    }
    if (Date.now() > end) throw new Error(`${url}: not ready within ${limitMs / 1_000} s`);
  }
}
