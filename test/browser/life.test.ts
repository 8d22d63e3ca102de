import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SystemUnderTest } from '../e2e/suite/system-under-test.ts';
import { chromiumAvailable, startChromium } from '../rigs/chromium.ts';
import { waitFor } from '../rigs/process.ts';
import { AppPage } from './app-page.ts';
import { type Site, startSite } from './site.ts';

const available = await chromiumAvailable();
const required = process.env['LONGWIRE_REQUIRE_BROWSER'] === '1';
const title = `a page's life in Chromium${available.ok ? '' : ` (${available.reason})`}`;

describe.skipIf(!available.ok && !required)(title, () => {
  const sut = new SystemUnderTest();
  let browser: Browser;
  let site: Site;
  let context: BrowserContext;

  beforeAll(async () => {
    const opening = startChromium({ asUsersHaveIt: true });
    opening.catch(() => {});
    await sut.start({});
    browser = await opening;
    site = await startSite({
      ...sut.deviceOptions(),
      tuning: { reconnectMinMs: 50, reconnectMaxMs: 500, probeTimeoutMs: 500, retryMinMs: 20, retryMaxMs: 100 },
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

  const open = () => AppPage.open(context, site.url);
  const connections = () => sut.metric('cm-1', 'longwire_cm_connections');

  test('L1 comes back from the back/forward cache with one connection, and gets what came meanwhile once', async () => {
    const page = await open();
    const cid = await page.online();
    await sut.upstream.push(cid, 'n0');
    await page.texts(1);
    await page.page.evaluate(() => {
      addEventListener('pageshow', ({ persisted }) => globalThis.app.states.push(`persisted ${persisted}` as 'online'));
    });
    await page.page.goto(`${site.url}other.html`);
    await sut.offline(cid);
    await sut.upstream.push(cid, 'n1');
    // A visit of the same page, as a new one, gets it first: what it has had, the one in the cache must not get.
    const visit = await open();
    expect(await visit.online()).toBe(cid);
    expect(await visit.texts(2)).toEqual(['n0', 'n1']);
    await visit.page.close();
    await sut.offline(cid);
    await sut.upstream.push(cid, 'n2');
    // Playwright waits for a load that a page of the cache doesn't have.
    await page.page.evaluate(() => void setTimeout(() => history.back(), 0));
    await waitFor('the page is back', async () => page.page.url() === site.url);
    expect(await page.online()).toBe(cid);
    expect(await page.texts(3)).toEqual(['n0', 'n1', 'n2']);
    expect(await page.states()).toContain('persisted true');
    expect(await connections()).toBe(1);
    await sut.depth(cid, 0);
    expect(await page.errors()).toEqual([]);
  });

  test('L2 a click right before the page is left, without a network, is counted once after the next visit', async () => {
    const page = await open();
    const cid = await page.online();
    const task = await sut.upstream.push(cid, 'n0');
    await page.texts(1);
    await context.setOffline(true);
    await page.reaches('waiting');
    await page.page.evaluate(() => {
      const [push] = JSON.parse(localStorage.getItem('inbox') ?? '[]');
      globalThis.app.device?.event(push, 'clicked');
      location.href = 'about:blank';
    });
    await waitFor('the page is left', async () => page.page.url() === 'about:blank');
    await context.setOffline(false);
    const counted = async () => (await sut.upstream.report([task]))[task]?.total?.['click_num'] || false;
    expect(await counted()).toBe(false);
    const next = await open();
    await next.online();
    expect(await waitFor('the click is counted', counted, 15_000, 100)).toBe(1);
    const events = () =>
      next.page.evaluate(() => Object.values(localStorage).filter((text) => text.includes('"clicked"')).length);
    await waitFor('it is stored no more', async () => (await events()) === 0);
    await next.page.reload();
    await next.online();
    expect(await counted()).toBe(1);
  });

  test.each([-3_600_000, 3_600_000])(
    'L3 with a clock that is %i ms off it registers and gets its pushes',
    async (off) => {
      await context.addInitScript((ms) => {
        const now = Date.now;
        Date.now = () => now() + ms;
      }, off);
      const page = await open();
      const cid = await page.online();
      await sut.upstream.push(cid, 'n0');
      expect(await page.texts(1)).toEqual(['n0']);
      await sut.depth(cid, 0);
      expect((await page.errors()).filter((error) => !error.includes('ts: is'))).toEqual([]);
      expect(await page.errors()).toHaveLength(1);
      expect(await page.states()).not.toContain('stopped');
    },
  );

  test('L4 a storage that throws holds messages back, and when it works they come once and in order', async () => {
    await context.addInitScript(() => {
      const set = Storage.prototype.setItem;
      Storage.prototype.setItem = function (key, value) {
        if (key.startsWith('longwire:') && (globalThis as { broken?: boolean }).broken) {
          throw new DOMException('full', 'QuotaExceededError');
        }
        set.call(this, key, value);
      };
    });
    const page = await open();
    const cid = await page.online();
    await page.page.evaluate('globalThis.broken = true');
    for (const text of ['n0', 'n1', 'n2']) await sut.upstream.push(cid, text);
    expect(await page.texts(1)).toEqual(['n0']);
    await waitFor('the app hears of it', async () =>
      (await page.errors()).some((one) => one.includes('storage_failed')),
    );
    expect(await page.texts(1)).toEqual(['n0']);
    await page.page.evaluate('globalThis.broken = false');
    expect(await page.texts(3)).toEqual(['n0', 'n1', 'n2']);
    await sut.depth(cid, 0);
  });
});
