import type { Browser, BrowserContext, CDPSession } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SystemUnderTest } from '../e2e/suite/system-under-test.ts';
import { chromiumAvailable, startChromium } from '../rigs/chromium.ts';
import { waitFor } from '../rigs/process.ts';
import { AppPage } from './app-page.ts';
import { type Site, startSite } from './site.ts';

const available = await chromiumAvailable();
const required = process.env['LONGWIRE_REQUIRE_BROWSER'] === '1';
const title = `a service worker in Chromium${available.ok ? '' : ` (${available.reason})`}`;

type Got = [id: string, text: string, shown: boolean];

describe.skipIf(!available.ok && !required)(title, () => {
  const sut = new SystemUnderTest();
  let browser: Browser;
  let site: Site;
  let context: BrowserContext;

  beforeAll(async () => {
    const opening = startChromium();
    opening.catch(() => {});
    await sut.start({});
    browser = await opening;
    site = await startSite({ ...sut.deviceOptions(), tuning: { reconnectMinMs: 50, reconnectMaxMs: 500 } });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    await sut.stop();
  });
  beforeEach(async () => {
    context = await browser.newContext({ permissions: ['notifications'] });
    context.setDefaultTimeout(10_000);
  });
  afterEach(() => context.close());

  const open = () => AppPage.open(context, `${site.url}push.html`);
  const got = (page: AppPage) => page.page.evaluate<Got[]>('globalThis.app?.got ?? []');
  const shown = (page: AppPage) =>
    page.page.evaluate<string[]>(
      'navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) => all.map(({ title }) => title))',
    );

  /**
   * Waits until the worker has shown so many messages, since the page was loaded. `shown` is read after that only: Chromium forgets a
   * notification that is read while it is being shown.
   */
  const noted = (page: AppPage, count: number) =>
    waitFor(`${count} are shown`, async () => (await page.page.evaluate<number>('app.noted')) >= count);

  /** Gives the worker of the page a push, as the browser does when one comes from its push service. */
  async function workers(page: AppPage): Promise<(data: object) => Promise<void>> {
    const session: CDPSession = await context.newCDPSession(page.page);
    let registrationId: string | undefined;
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      registrationId = registrations.at(-1)?.registrationId ?? registrationId;
    });
    await session.send('ServiceWorker.enable');
    const origin = new URL(site.url).origin;
    const id = await waitFor('the worker is registered', () => registrationId);
    return async (data) => {
      await session.send('ServiceWorker.deliverPushMessage', {
        origin,
        registrationId: id,
        data: JSON.stringify(data),
      });
    };
  }

  async function pushNotification(cid: string, name: string): Promise<string> {
    const { push_message: _, ...body } = sut.upstream.pushBody(cid, '');
    const notification = { title: name, body: 'now', click_type: 'none' };
    const { code, data } = await sut.upstream.call('POST', '/push/single/cid', {
      ...body,
      push_message: { notification },
    });
    expect(code).toBe(0);
    return Object.keys(data as object)[0]!;
  }

  test('W1 a device in IndexedDB is the same after a reload, and gets each push once', async () => {
    const page = await open();
    const cid = await page.online();
    await sut.upstream.push(cid, 'n0');
    await waitFor('it comes', async () => (await got(page)).length === 1);
    await sut.depth(cid, 0);
    await page.page.reload();
    expect(await page.online()).toBe(cid);
    await sut.upstream.push(cid, 'n1');
    await waitFor('it comes', async () => (await got(page)).length === 1);
    expect((await got(page)).map(([, text]) => text)).toEqual(['n1']);
    expect(await page.errors()).toEqual([]);
  });

  test('W2 a push that comes both ways is shown once, is with the app once, and counts as shown once', async () => {
    const page = await open();
    const cid = await page.online();
    const deliver = await workers(page);
    await context.setOffline(true);
    await page.reaches('waiting');
    const task = await pushNotification(cid, 'Read me');
    // What the worker gets of it is what the server sends by Web Push: the same id.
    await context.setOffline(false);
    await waitFor('the connection brings it', async () => (await got(page)).length === 1);
    const [[id]] = (await got(page)) as [Got];
    const push = { id, task, notification: { title: 'Read me', body: 'now', clickType: 'none' } };
    await deliver(push);
    await deliver(push);
    await noted(page, 2);
    const counted = async () => (await sut.upstream.report([task]))[task]?.total?.['display_num'] || false;
    expect(await waitFor('it is counted', counted, 15_000, 100)).toBe(1);
    expect(await shown(page)).toEqual(['Read me']);
    expect(await got(page)).toEqual([[id, 'Read me', false]]);

    // The other way round: the worker first, then the connection's copy.
    const given = await page.page.evaluate<Got[]>(
      `(async () => { const push = { id: 'w1', task: 't', transmission: 'later' }; await app.inbox.onPush(push); await app.inbox.onPush(push); return app.got; })()`,
    );
    expect(given.filter(([one]) => one === 'w1')).toHaveLength(1);
    await deliver({ id: 'w2', task: 't', notification: { title: 'Second', body: 'b', clickType: 'none' } });
    await noted(page, 3);
    expect(await shown(page)).toContain('Second');
    await page.page.evaluate(`app.inbox.onPush({ id: 'w2', task: 't', transmission: 'Second' })`);
    expect((await got(page)).at(-1)).toEqual(['w2', 'Second', true]);
  });
});
