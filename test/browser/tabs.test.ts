import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TabDevice } from '../../sdk/src/tabs.ts';
import { SystemUnderTest } from '../e2e/suite/system-under-test.ts';
import { chromiumAvailable, startChromium } from '../rigs/chromium.ts';
import { waitFor } from '../rigs/process.ts';
import { AppPage } from './app-page.ts';
import { type Site, startSite } from './site.ts';

/** What `page/tabs.js` holds for the tests, where the other page has more. */
interface TabsApp {
  device: TabDevice;
  got: string[];
  cids: string[];
  last: { task: string; id: string };
}

const available = await chromiumAvailable();
const required = process.env['LONGWIRE_REQUIRE_BROWSER'] === '1';
const title = `several tabs in Chromium${available.ok ? '' : ` (${available.reason})`}`;

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
    site = await startSite({
      ...sut.deviceOptions(),
      tuning: { reconnectMinMs: 50, reconnectMaxMs: 500, probeTimeoutMs: 500 },
    });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    await sut.stop();
  });
  beforeEach(async () => {
    context = await browser.newContext();
    context.setDefaultTimeout(10_000);
  });
  afterEach(() => context.close());

  const open = (without: string) => AppPage.open(context, `${site.url}tabs.html?without=${without}`);
  const got = (page: AppPage) => page.page.evaluate(`globalThis.app.got`) as Promise<string[]>;
  const leads = (page: AppPage) => page.page.evaluate(`globalThis.app?.device?.leads ?? false`) as Promise<boolean>;
  const gets = (page: AppPage, expected: string[]) =>
    waitFor(`the tab gets ${expected.length}`, async () => (await got(page)).length >= expected.length);

  describe.each([
    ['Web Locks and BroadcastChannel', ''],
    ['a lease and BroadcastChannel', 'locks'],
    ['a lease and events of localStorage', 'locks,channel'],
  ])('by %s', (_, without) => {
    test('T1 are one device with one connection; each gets each message once, and the next takes over', async () => {
      const first = await open(without);
      const cid = await first.online();
      const second = await open(without);
      expect(await second.online()).toBe(cid);
      const third = await open(without);
      expect(await third.online()).toBe(cid);
      const all = [first, second, third];
      expect(await Promise.all(all.map(leads))).toEqual([true, false, false]);
      expect(await sut.metric('cm-1', 'longwire_cm_connections')).toBe(1);

      for (const text of ['n0', 'n1', 'n2']) await sut.upstream.push(cid, text);
      for (const page of all) await gets(page, ['n0', 'n1', 'n2']);
      await first.page.close();
      // A tab that is being closed may still get one more: the next has a connection of its own by then.
      const leader = await waitFor('another leads', async () => {
        return (await leads(second)) ? second : (await leads(third)) && third;
      });
      await waitFor('it is online by itself', async () => {
        const states = await leader.states();
        return states.includes('connecting', states.indexOf('online')) && states.at(-1) === 'online';
      });
      await sut.upstream.push(cid, 'n3');
      for (const page of [second, third]) {
        await gets(page, ['n0', 'n1', 'n2', 'n3']);
        expect(await got(page)).toEqual(['n0', 'n1', 'n2', 'n3']);
        expect(await page.online()).toBe(cid);
      }
      expect((await Promise.all([second, third].map(leads))).filter(Boolean)).toHaveLength(1);
      // Waited for: what one tab has written another may see a moment later.
      expect(await second.texts(4)).toEqual(['n0', 'n1', 'n2', 'n3']);
      await sut.depth(cid, 0);
      expect(await sut.metric('cm-1', 'longwire_cm_connections')).toBe(1);
      expect([...(await second.errors()), ...(await third.errors())]).toEqual([]);
    });

    test('T2 calls and events of a tab that doesn’t lead reach the server, those of a tab that is left too', async () => {
      const first = await open(without);
      const cid = await first.online();
      const second = await open(without);
      await second.online();
      await second.page.evaluate(() => (globalThis.app.device as unknown as TabDevice).setTags(['of-a-tab']));
      const wrong = second.page.evaluate(() =>
        (globalThis.app.device as unknown as TabDevice).setTags(['two words']).catch((error) => error.code),
      );
      expect(await wrong).toBe('call_refused');
      const task = await sut.upstream.push(cid, 'n0');
      await gets(second, ['n0']);
      // Left in the same turn: nothing can be waited for.
      await second.page.evaluate(() => {
        const { device, last } = globalThis.app as unknown as TabsApp;
        device.event(last, 'clicked');
        location.href = 'other.html';
      });
      const counted = async () => {
        const { total } = (await sut.upstream.report([task]))[task] ?? {};
        return total?.['click_num'] !== undefined && total['click_num'] > 0 && total['click_num'];
      };
      expect(await waitFor('the click is counted', counted, 15_000, 100)).toBe(1);
      const kept = () => first.page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('outbox')));
      await waitFor('the outbox is empty', async () => (await kept()).length === 0);
    });
  });

  test('T5 what the tab before handled while another led already is a copy there, as in the others', async () => {
    const first = await open('');
    await first.online();
    const second = await open('');
    await second.online();
    expect(await leads(first)).toBe(true);
    const before = await context.newPage();
    await before.goto(`${site.url}other.html`);
    const { appId } = sut.deviceOptions();
    await before.evaluate((name) => {
      const channel = new BroadcastChannel(name);
      const push = { t: 'push', id: 'm1', task: 't1', transmission: 'late' };
      channel.postMessage({ k: 'push', push, handled: true });
      channel.postMessage({ k: 'push', push, handled: true });
    }, `longwire:${appId}`);
    for (const page of [first, second]) {
      await gets(page, ['late']);
      expect(await got(page)).toEqual(['late']);
    }
    expect(await first.inbox()).toEqual([]);
  });

  test('T3 a tab whose process crashes is followed by another at once', async () => {
    const first = await open('');
    const cid = await first.online();
    const second = await open('');
    await second.online();
    const session = await context.newCDPSession(first.page);
    session.send('Page.crash').catch(() => {});
    await waitFor('the other leads', () => leads(second));
    await second.online();
    await sut.upstream.push(cid, 'n0');
    await gets(second, ['n0']);
    expect(await got(second)).toEqual(['n0']);
  });

  test('T4 a logout of one tab is one of all, and a new tab begins anew as the same device', async () => {
    const first = await open('');
    const cid = await first.online();
    const second = await open('');
    await second.online();
    await second.page.evaluate(() => globalThis.app.device!.logout());
    await first.reaches('stopped');
    expect([(await first.states()).at(-1), (await second.states()).at(-1)]).toEqual(['logout', 'logout']);
    expect(await (await open('')).online()).toBe(cid);
  });

  test('T6 a tab that hears of a logout late doesn’t take over before', async () => {
    await context.addInitScript(() => {
      globalThis.BroadcastChannel = class extends BroadcastChannel {
        override set onmessage(listener: (event: MessageEvent) => void) {
          super.onmessage = (event) => setTimeout(() => listener(event), 200);
        }
      };
    });
    const first = await open('');
    await first.online();
    const second = await open('');
    await second.online();
    expect(await leads(first)).toBe(true);
    await first.page.evaluate(async () => {
      await globalThis.app.device!.logout();
      await globalThis.app.device!.close();
    });
    await second.reaches('stopped');
    expect(await second.states()).toEqual(['online', 'leaving', 'logout']);
  });
});
