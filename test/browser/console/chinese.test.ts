import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LongwireError } from '../../../services/common/errors.ts';
import { vendorKinds } from '../../../services/common/protocol/channel-credentials.ts';
import { ConsoleFault } from '../../../services/console/core/fault.ts';
import { upstreamFault } from '../../../services/console/core/upstream-answer.ts';
import { dictionaries } from '../../../services/console/web/i18n/dictionary.ts';
import { chromiumAvailable, startChromium } from '../../rigs/chromium.ts';
import { type BuiltPages, buildPages } from './built-pages.ts';
import { cid, operators } from './samples.ts';
import { type StandIn, startStandIn } from './stand-in.ts';
import { darkChinese, Visitor } from './visitor.ts';

const chromium = await chromiumAvailable();
const required = process.env['LONGWIRE_REQUIRE_BROWSER'] === '1';
const t = dictionaries.zh;
const s = t.send;
/** Texts of pushes in the samples. */
const ofSenders = ['Up to half off until Sunday 🌷'];

describe.skipIf(!chromium.ok && !required)(
  'the console in Chinese has no English sentence',
  { timeout: 120_000 },
  () => {
    let pages: BuiltPages;
    let browser: Browser;
    let standIn: StandIn;
    let visitor: Visitor;
    beforeAll(async () => {
      pages = await buildPages();
      browser = await startChromium();
      standIn = await startStandIn({ pagesDir: pages.dir, operator: operators[0]! });
      visitor = await Visitor.open(browser, standIn.url, darkChinese);
      await visitor.signIn(t.signIn, 'admin', standIn.password);
    });
    afterAll(async () => {
      await browser?.close();
      await standIn?.stop();
      pages?.remove();
    });

    const field = (label: string) => visitor.page.getByLabel(label, { exact: true });
    const option = (text: string) => visitor.page.getByText(text, { exact: true });
    const press = (name: string) => visitor.page.getByRole('button', { name, exact: true }).click();

    test('the rule finds an English sentence where there is one', async () => {
      await visitor.goto('apps/demo/send');
      expect(await english(visitor)).toEqual([]);
      await visitor.page.evaluate(() => {
        document.querySelector('h1')!.textContent = '发送 must be at most';
        document.querySelector('main button')!.setAttribute('aria-label', 'Some English label');
      });
      expect(await english(visitor)).toEqual(['发送 must be at most', 'Some English label']);
    });

    test('wrong input of each kind on Send is told', async () => {
      await visitor.goto('apps/demo/send');
      await field(s.titleField).fill('字'.repeat(51));
      await field(s.cids).fill('no cid, ZZ');
      await press(s.checkNow);
      await visitor.page.getByText(t.faults.tooLong('50')).waitFor();
      await visitor.page.getByText(t.faults.cid).waitFor();
      await visitor.page.getByText(t.faults.required).first().waitFor();
      expect(await english(visitor)).toEqual([]);

      await chooseClick(s.url);
      await field(s.urlField).fill('ftp://example.com');
      await visitor.page.getByText(t.faults.url).waitFor();
      await chooseClick(s.intent);
      await press(s.checkNow);
      await option(s.alias).click();
      await field(s.aliases).fill('a b!c');
      await field(s.titleField).focus();
      await visitor.page.getByText(t.faults.alias).waitFor();
      expect(await english(visitor)).toEqual([]);

      await option(s.tag).click();
      await press(s.checkNow);
      await option(s.later).click();
      await field(s.at).fill('2020-01-01T00:00');
      await visitor.page.getByText(t.faults.time).waitFor();
      await option(s.allDevices).click();
      await field(`${s.speed} ${t.common.optional}`).fill('much');
      await visitor.page.getByText(t.faults.integer).waitFor();
      await field(`${s.speed} ${t.common.optional}`).fill('-3');
      await visitor.page.getByText(t.faults.integer).waitFor();
      await field(`${s.group} ${t.common.optional}`).fill('组'.repeat(200));
      await option(s.transmission).click();
      await press(s.checkNow);
      await visitor.page.getByText(/请修正标出的问题/).waitFor();
      expect(await english(visitor)).toEqual([]);
    });

    test('what only the backend finds is told, in a dry run and of a push', async () => {
      await visitor.goto(`apps/demo/send?cid=${cid}`);
      await field(s.titleField).fill('标题');
      await field(s.body).fill('正文');
      const upstream = (status: number, code: number, msg: string) => upstreamFault({ status, code, msg })!;
      const refusals: [Error, string][] = [
        [upstream(503, 1, 'service is busy, repeat with the same request_id'), t.reasons.im_busy],
        [upstream(400, 20001, 'push_message.notification.title size over limit'), t.reasons.upstream_invalid],
        [upstream(403, 30009, 'the single pushes of this day are used up'), '（30009）'],
        [upstream(403, 30019, 'busy: too many messages wait for cid'), '（30019）'],
        [upstream(400, 23001, 'tag operation failed for every cid'), '（23001）'],
        [upstream(401, 10002, 'app is disabled'), t.reasons.app_disabled],
        [new ConsoleFault('unavailable', 'audit_waits', { role: 'user-mysql' }), t.reasons.audit_waits],
        [new ConsoleFault('unavailable', 'role_away', { role: 'im', params: { role: 'im' } }), t.errors.role('im')],
        [new LongwireError('unavailable', 'the connection is closed'), t.reasons.some_role_away],
        [new ConsoleFault('too_many_attempts', 'address_tries', { retryAfterMs: 2_000 }), t.errors.too_many_attempts],
        [new ConsoleFault('forbidden', 'needs_right', { params: { right: 'sender' } }), t.errors.forbidden],
        [new Error('something nobody thought of'), t.errors.internal],
      ];
      for (const [thrown, told] of refusals) {
        standIn.refuse(thrown);
        // What was told of the one before goes with a change.
        await field(s.body).fill(`正文：${told}`);
        await visitor.page.getByRole('main').locator('.notice', { hasText: told }).first().waitFor();
        expect(await english(visitor), thrown.message).toEqual([]);
        await press(s.submit);
        await waitForNotices(told, 2);
        expect(await english(visitor), thrown.message).toEqual([]);
      }
      standIn.refuse(undefined);
    });

    test('keys and what is wrong with them, what became of callbacks, and a role that is away are told', async () => {
      await visitor.goto('settings');
      await visitor.page.getByText(t.settingTexts!['replayWindowMs']!).waitFor();
      expect(await english(visitor)).toEqual([]);
      await visitor.page
        .getByRole('button', { name: new RegExp(`^im · im-1|${t.settings.instance}`) })
        .first()
        .click();
      await visitor.page.getByRole('option', { name: 'cm · cm-1' }).click();
      await visitor.page.getByText(t.refusedKey!('maxConnections', '"many"')).waitFor();
      expect(await english(visitor)).toEqual([]);
      await visitor.goto('apps/demo');
      await visitor.page.getByText(t.callbackFailures!.timeout, { exact: true }).waitFor();
      expect(await english(visitor)).toEqual([]);
      standIn.away('user-redis');
      await visitor.goto('apps/demo/devices');
      await visitor.page.getByText(t.errors.role('user-redis')).waitFor();
      expect(await english(visitor)).toEqual([]);
      standIn.away(undefined);
    });

    test('the card and the forms of vendors’ channels, with what is wrong in them', async () => {
      const c = t.channels;
      await visitor.goto('apps/demo');
      await press(c.set);
      const form = visitor.page.getByRole('dialog', { name: c.set });
      const kinds = vendorKinds.filter((kind) => kind !== 'apns' && kind !== 'fcm');
      for (const [index, kind] of kinds.entries()) {
        if (index > 0) {
          await form.getByRole('button', { name: new RegExp(c.kind) }).click();
          await visitor.page.getByRole('option', { name: c.kinds[kind], exact: true }).click();
        }
        expect(await english(visitor), kind).toEqual([]);
        for (const box of await form.getByRole('textbox').all()) await box.fill('a b');
        await form.getByRole('button', { name: t.common.save, exact: true }).click();
        await form.locator('.field-fault').first().waitFor();
        expect(await english(visitor), kind).toEqual([]);
      }
      await form.getByRole('button', { name: t.common.cancel, exact: true }).click();
      await press(`${c.replace}: ${c.kinds.fcm}`);
      await visitor.page.getByText(t.forms!['A private key in PEM: RSA of 2048 bits or more']!).waitFor();
      expect(await english(visitor)).toEqual([]);
    });

    test('every other page; what a push says is its sender’s', async () => {
      const pages = ['', 'topology', 'apps', 'operators', 'audit'];
      const ofApp = [
        'tasks',
        `tasks/RASA_1124_${'2'.padStart(32, '0')}`,
        'devices',
        `devices/${cid}`,
        'virtual-devices',
      ];
      for (const path of [...pages, ...ofApp.map((part) => `apps/demo/${part}`)]) {
        await visitor.goto(path);
        expect(
          (await english(visitor)).filter((text) => !ofSenders.includes(text)),
          path,
        ).toEqual([]);
      }
    });

    async function chooseClick(text: string): Promise<void> {
      await visitor.page.getByRole('button', { name: new RegExp(s.onClick) }).click();
      await visitor.page.getByRole('option', { name: text, exact: true }).click();
    }

    async function waitForNotices(text: string, count: number): Promise<void> {
      await visitor.page
        .getByRole('main')
        .locator('.notice', { hasText: text })
        .nth(count - 1)
        .waitFor();
    }
  },
);

/** Texts and labels that are seen and have three English words in a row; code, names and ids are in `.mono`. */
async function english({ page }: Visitor): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    for (const element of document.body.querySelectorAll('*')) {
      if (!element.checkVisibility() || element.closest('.mono, pre, code, svg')) continue;
      const own = [...element.childNodes].some(({ nodeType, nodeValue }) => nodeType === 3 && nodeValue?.trim());
      const texts = ['aria-label', 'title', 'placeholder'].map((name) => element.getAttribute(name));
      for (const text of [own ? element.textContent : null, ...texts]) {
        if (text && /[A-Za-z’']+(?: [A-Za-z’']+){2,}/.test(text)) found.push(text);
      }
    }
    return found;
  });
}
