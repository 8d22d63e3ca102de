import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SystemUnderTest } from '../e2e/suite/system-under-test.ts';
import { chromiumAvailable } from '../rigs/chromium.ts';
import { type HiddenPage, startHiddenPage } from '../rigs/hidden-page.ts';
import { waitFor } from '../rigs/process.ts';
import { type Site, startSite } from './site.ts';

/** How long a page is hidden, and with which heartbeat. */
export interface HiddenFor {
  seconds: number;
  heartbeatSeconds: number;
}

const available = await chromiumAvailable();
const required = process.env['LONGWIRE_REQUIRE_BROWSER'] === '1';
const title = `a hidden page in Chromium${available.ok ? '' : ` (${available.reason})`}`;

/** Timers of a page that is hidden for a minute run once a minute: less often than a silent connection is closed. */
export function hiddenPages({ seconds, heartbeatSeconds }: HiddenFor): void {
  describe.skipIf(!available.ok && !required)(title, () => {
    const sut = new SystemUnderTest();
    let site: Site;
    let page: HiddenPage;

    beforeAll(async () => {
      await sut.start({ env: { LONGWIRE_HEARTBEAT_SECONDS: String(heartbeatSeconds) } });
      site = await startSite({ ...sut.deviceOptions(), tuning: { reconnectMinMs: 50, reconnectMaxMs: 500 } });
      page = await startHiddenPage(site.url);
    });
    afterAll(async () => {
      await page?.stop();
      await site?.stop();
      await sut.stop();
    });

    const state = () => page.evaluate<string>('globalThis.app?.device?.state ?? ""');
    const texts = () =>
      page.evaluate<string[]>('JSON.parse(localStorage.getItem("inbox") ?? "[]").map((push) => push.transmission)');

    test(
      `H1 stays connected for ${seconds} s without a timer that is on time, and gets its pushes at once`,
      async () => {
        await waitFor('the page is online', async () => (await state()) === 'online');
        const cid = await page.evaluate<string>('globalThis.app.device.cid');
        await page.hide();
        await page.evaluate(
          'globalThis.ticks = []; setTimeout(function tick() { ticks.push(Date.now()); setTimeout(tick, 500); }, 500); 0',
        );
        const began = Date.now();
        let sent = 0;
        while (Date.now() - began < seconds * 1_000) {
          await sut.upstream.push(cid, `n${sent++}`);
          const count = sent;
          await waitFor('the push comes', async () => (await texts()).length === count, 5_000);
          // Longer than a server waits that hears nothing.
          const until = Math.min(Date.now() + heartbeatSeconds * 4_000, began + seconds * 1_000);
          await waitFor('time passes', () => Date.now() >= until, seconds * 1_000 + 5_000, 250);
        }
        const ticks = await page.evaluate<number[]>('[...ticks, Date.now()]');
        const longest = Math.max(...ticks.slice(1).map((at, index) => at - ticks[index]!));
        // Else nothing was slowed, and nothing is shown by this.
        expect(longest).toBeGreaterThan(1.5 * heartbeatSeconds * 1_000);
        expect(await page.evaluate('globalThis.app.states')).toEqual(['connecting', 'online']);
        expect(await page.evaluate('globalThis.app.errors')).toEqual([]);
        expect(await texts()).toEqual(Array.from({ length: sent }, (_, index) => `n${index}`));
        await sut.depth(cid, 0);
        await page.show();
        expect(await page.evaluate('globalThis.app.states')).toEqual(['connecting', 'online']);
        process.stdout.write(
          `hidden for ${seconds} s, heartbeat ${heartbeatSeconds} s, longest pause of a timer ${longest} ms\n`,
        );
      },
      (seconds + 60) * 1_000,
    );

    test('H2 frozen it has no connection, and gets what came meanwhile once when it goes on', async () => {
      const cid = await page.evaluate<string>('globalThis.app.device.cid');
      const before = await texts();
      await page.hide();
      await page.freeze();
      await sut.offline(cid);
      for (const text of ['f0', 'f1', 'f2']) await sut.upstream.push(cid, text);
      await page.resume();
      await page.show();
      await waitFor('they come', async () => (await texts()).length === before.length + 3, 15_000);
      expect(await texts()).toEqual([...before, 'f0', 'f1', 'f2']);
      await waitFor('it is online', async () => (await state()) === 'online');
      expect(await sut.metric('cm-1', 'longwire_cm_connections')).toBe(1);
      await sut.depth(cid, 0);
    });
  });
}
