import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { findChromium, flags } from './chromium.ts';
import { startProcess, waitFor } from './process.ts';

/**
 * A page in a Chromium that nobody drives but this: Playwright has every page believe that it is seen, and then no timer of it is
 * slowed.
 */
export interface HiddenPage {
  /** What the expression comes to, once it is settled; it must be JSON. */
  evaluate<T>(expression: string): Promise<T>;
  /** Another page comes before it, or goes. */
  hide(): Promise<void>;
  show(): Promise<void>;
  freeze(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** As in every Chromium a few minutes after a page was hidden, a little sooner: timers run once a minute. */
const slowTimers = [
  '--intensive-wake-up-throttling-policy=force-enable',
  '--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/5',
];

/** @throws Error if there is no Chromium. */
export async function startHiddenPage(url: string): Promise<HiddenPage> {
  const command = await findChromium();
  if (command === undefined) throw new Error('no Chromium runs');
  const dir = mkdtempSync(join(tmpdir(), 'longwire-hidden-'));
  const args = [
    '--headless',
    '--no-sandbox',
    '--remote-debugging-port=0',
    `--user-data-dir=${dir}`,
    ...flags,
    ...slowTimers,
  ];
  const browser = await startProcess({ command, args: [...args, 'about:blank'], logFile: join(dir, 'chromium.log') });
  const address = await waitFor(
    'Chromium says where it listens',
    async () => /ws:\/\/\S+/.exec(readFileSync(join(dir, 'chromium.log'), 'utf8'))?.[0],
    20_000,
  );
  const { socket, send } = await openProtocol(address);
  const page = await send<{ targetId: string }>('Target.createTarget', { url });
  const { sessionId } = await send<{ sessionId: string }>('Target.attachToTarget', { ...page, flatten: true });
  const other = await send<{ targetId: string }>('Target.createTarget', { url: 'about:blank', background: true });
  const evaluate = async <T>(expression: string): Promise<T> => {
    const asked = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await send<{
      result: { value: T };
      exceptionDetails?: { text: string; exception?: { description?: string } };
    }>('Runtime.evaluate', asked, sessionId);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  const front = async ({ targetId }: { targetId: string }, state: string): Promise<void> => {
    await send('Target.activateTarget', { targetId });
    await waitFor(`the page is ${state}`, async () => (await evaluate('document.visibilityState')) === state);
  };
  await send('Page.enable', {}, sessionId);
  await front(page, 'visible');
  return {
    evaluate,
    hide: () => front(other, 'hidden'),
    show: () => front(page, 'visible'),
    freeze: () => send('Page.setWebLifecycleState', { state: 'frozen' }, sessionId),
    resume: () => send('Page.setWebLifecycleState', { state: 'active' }, sessionId),
    async stop() {
      socket.close();
      await browser.end();
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

type Send = <T = void>(method: string, params?: object, sessionId?: string) => Promise<T>;

async function openProtocol(address: string): Promise<{ socket: WebSocket; send: Send }> {
  const socket = new WebSocket(address, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  socket.on('message', (data) => {
    const { id, result, error } = JSON.parse(String(data)) as {
      id?: number;
      result?: never;
      error?: { message: string };
    };
    const asked = waiting.get(id ?? 0);
    waiting.delete(id ?? 0);
    if (error) asked?.reject(new Error(error.message));
    else asked?.resolve(result as never);
  });
  let count = 0;
  const send: Send = (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      const id = ++count;
      waiting.set(id, { resolve, reject });
      socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
    });
  return { socket, send };
}
