import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SystemUnderTest } from '../e2e/suite/system-under-test.ts';
import { chromiumAvailable, startChromium, startChromiumOn } from '../rigs/chromium.ts';
import { waitFor } from '../rigs/process.ts';
import { AppPage } from './app-page.ts';
import { type Site, startSite } from './site.ts';

const available = await chromiumAvailable();
const required = process.env['LONGWIRE_REQUIRE_BROWSER'] === '1';
const title = `the SDK in Chromium${available.ok ? '' : ` (${available.reason})`}`;

describe.skipIf(!available.ok && !required)(title, () => {
  const sut = new SystemUnderTest();
  let browser: Browser;
  let site: Site;
  /** A new person with an empty localStorage for each test. */
  let context: BrowserContext;

  beforeAll(async () => {
    const opening = startChromium();
    // Awaited below; one that failed while the system starts must not count as unhandled.
    opening.catch(() => {});
    await sut.start({ scale: { cm: 2 } });
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

  const open = () => AppPage.open(context, site.url);
  const numbered = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

  test('B1 registers with WebCrypto, logs in, gets a push and acknowledges it', async () => {
    const page = await open();
    const cid = await page.online();
    expect(cid).toMatch(/^[0-9a-f]{32}$/);
    await sut.upstream.push(cid, 'hello');
    expect(await page.texts(1)).toEqual(['hello']);
    await sut.depth(cid, 0);
    expect(await page.errors()).toEqual([]);
    expect(page.faults).toEqual([]);
  });

  test('B2 is the same device after a reload, and gets what was pushed while no page was open once and in order', async () => {
    const first = await open();
    const cid = await first.online();
    await sut.upstream.push(cid, 'n0');
    await first.texts(1);
    await sut.depth(cid, 0);
    await first.page.reload();
    expect(await first.online()).toBe(cid);
    await first.page.close();
    await sut.offline(cid);
    for (const text of numbered(30).slice(1, 29)) await sut.upstream.push(cid, text);

    const second = await open();
    expect(await second.online()).toBe(cid);
    await second.texts(29);
    await second.page.reload();
    await second.online();
    await sut.upstream.push(cid, 'n29');
    expect(await second.texts(30)).toEqual(numbered(30));
    await sut.depth(cid, 0);
  });

  test('B3 reconnects when its CM is killed, and gets what is pushed meanwhile once and in order', async () => {
    const page = await open();
    const cid = await page.online();
    const cm = await holder();
    for (const text of numbered(20).slice(0, 10)) await sut.upstream.push(cid, text);
    const pid = sut.system.kill(cm);
    for (const text of numbered(20).slice(10)) await sut.upstream.push(cid, text);
    expect(await page.texts(20)).toEqual(numbered(20));
    await sut.depth(cid, 0);
    expect(await page.states()).toContain('waiting');
    expect(await page.online()).toBe(cid);
    expect(await page.errors()).toEqual([]);
    await sut.backAgain(cm, pid);
  });

  test('B4 offline it notices, and online again it gets what was pushed meanwhile, once and in order', async () => {
    const page = await open();
    const cid = await page.online();
    await sut.upstream.push(cid, 'n0');
    await page.texts(1);
    await context.setOffline(true);
    for (const text of numbered(10).slice(1)) await sut.upstream.push(cid, text);
    await page.reaches('waiting');
    expect(await page.texts(1)).toEqual(['n0']);
    await context.setOffline(false);
    expect(await page.online()).toBe(cid);
    expect(await page.texts(10)).toEqual(numbered(10));
    await sut.depth(cid, 0);
  });

  test('B5 a network that comes and goes five times loses and doubles nothing', async () => {
    const page = await open();
    const cid = await page.online();
    for (const [index, text] of numbered(20).entries()) {
      if (index % 4 === 1) await context.setOffline(true);
      if (index % 4 === 3) await context.setOffline(false);
      await sut.upstream.push(cid, text);
    }
    expect(await page.texts(20)).toEqual(numbered(20));
    await sut.depth(cid, 0);
    expect(await page.online()).toBe(cid);
  });

  test('B6 reports that a notification was shown and clicked, and the report counts both once', async () => {
    const page = await open();
    const cid = await page.online();
    const { push_message: _, ...body } = sut.upstream.pushBody(cid, '');
    const notification = { title: 'Read me', body: 'now', click_type: 'none' };
    const pushed = await sut.upstream.call('POST', '/push/single/cid', { ...body, push_message: { notification } });
    expect(pushed.code).toBe(0);
    const [task] = Object.keys(pushed.data as object);
    await page.page.getByRole('button', { name: 'Read me' }).click();
    const counted = async () => {
      const { total } = (await sut.upstream.report([task!]))[task!] ?? {};
      return total?.['click_num'] !== undefined && total['click_num'] > 0 && total;
    };
    const expected = { msg_num: 1, target_num: 1, receive_num: 1, display_num: 1, click_num: 1 };
    expect(await waitFor('the click is counted', counted, 15_000, 100)).toEqual(expected);
  });

  test('B7 of two tabs the newer is the device, and the older stays away', async () => {
    const older = await open();
    const cid = await older.online();
    const newer = await open();
    expect(await newer.online()).toBe(cid);
    await older.reaches('stopped');
    expect((await older.states()).at(-1)).toBe('replaced');
    for (const text of numbered(5)) await sut.upstream.push(cid, text);
    expect(await newer.texts(5)).toEqual(numbered(5));
    expect(await newer.states()).toEqual(['connecting', 'online']);
    expect(await older.page.evaluate(() => globalThis.app.device?.state)).toBe('stopped');
  });

  test('B8 a browser that is closed and started again on its profile is the same device', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'longwire-profile-'));
    const visit = async (use: (page: AppPage, cid: string) => Promise<void>): Promise<string> => {
      const profile = await startChromiumOn(dir);
      try {
        const page = await AppPage.open(profile, site.url);
        const cid = await page.online();
        await use(page, cid);
        return cid;
      } finally {
        await profile.close();
      }
    };
    try {
      const cid = await visit(async (page, online) => {
        await sut.upstream.push(online, 'n0');
        await page.texts(1);
        await sut.depth(online, 0);
      });
      await sut.offline(cid);
      for (const text of numbered(5).slice(1)) await sut.upstream.push(cid, text);
      const again = await visit(async (page) => {
        expect(await page.texts(5)).toEqual(numbered(5));
        await sut.depth(cid, 0);
      });
      expect(again).toBe(cid);
    } finally {
      rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
    }
  });

  /** The CM that the only connected device is on. */
  function holder(): Promise<string> {
    return waitFor('one CM holds the only connection', async () => {
      const names = ['cm-1', 'cm-2'];
      const counts = await Promise.all(names.map((name) => sut.metric(name, 'longwire_cm_connections')));
      return counts[0]! + counts[1]! === 1 && names[counts.indexOf(1)];
    });
  }
});
