import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PushOrder } from '../../../services/console/calls/sends.ts';
import { dictionaries } from '../../../services/console/web/i18n/dictionary.ts';
import { chromiumAvailable, startChromium } from '../../rigs/chromium.ts';
import { waitFor } from '../../rigs/process.ts';
import { type BuiltPages, buildPages } from './built-pages.ts';
import { Keyboard } from './keyboard.ts';
import { picture } from './pictures.ts';
import { cid, markup, operators } from './samples.ts';
import { type StandIn, type StandInOptions, startStandIn } from './stand-in.ts';
import { darkChinese, lightEnglish, phoneLooks, Visitor } from './visitor.ts';

const chromium = await chromiumAvailable();
const required = process.env['LONGWIRE_REQUIRE_BROWSER'] === '1';
const { en, zh } = dictionaries;
/** Nobody listens there. */
const deadUrl = 'ws://127.0.0.1:1/sdk/v1';

describe.skipIf(!chromium.ok && !required)(
  'the console, what goes wrong and what is done with it',
  { timeout: 180_000 },
  () => {
    let pages: BuiltPages;
    let browser: Browser;
    let standIn: StandIn | undefined;
    let visitor: Visitor | undefined;
    beforeAll(async () => {
      pages = await buildPages();
      browser = await startChromium();
    });
    afterAll(async () => {
      await browser?.close();
      pages?.remove();
    });
    afterEach(async () => {
      expect(visitor?.faults ?? []).toEqual([]);
      await visitor?.close();
      await standIn?.stop();
      visitor = undefined;
      standIn = undefined;
    });

    async function enter(options: Partial<StandInOptions> = {}, look = lightEnglish): Promise<[StandIn, Visitor]> {
      standIn = await startStandIn({ pagesDir: pages.dir, operator: operators[0]!, deviceUrl: deadUrl, ...options });
      visitor = await Visitor.open(browser, standIn.url, look);
      return [standIn, visitor];
    }

    async function signedIn(options: Partial<StandInOptions> = {}, look = lightEnglish): Promise<[StandIn, Visitor]> {
      const [at, who] = await enter(options, look);
      await who.signIn(dictionaries[look.language].signIn, 'admin', at.password);
      return [at, who];
    }

    test('a wrong password is told in the language of the page, and the right one after it opens', async () => {
      const [at, { page }] = await enter({}, darkChinese);
      await page.getByLabel(zh.signIn.name, { exact: true }).fill('admin');
      await page.getByLabel(zh.signIn.password, { exact: true }).fill('wrong');
      await page.getByRole('button', { name: zh.signIn.submit, exact: true }).click();
      await page.getByRole('alert').getByText(zh.errors.bad_credentials).waitFor();
      await page.getByLabel(zh.signIn.password, { exact: true }).fill(at.password);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: zh.overview.title }).waitFor();
    });

    test('a sign-in with a provider that failed says why, and the password still opens the overview', async () => {
      const [at, who] = await enter();
      await who.page.goto(`${at.url}sign-in?fault=unavailable`);
      const told = who.page.getByText(en.signIn.failedProvider);
      await told.waitFor();
      expect(await told.textContent()).toContain(en.errors.unavailable);
      await who.signIn(en.signIn, 'admin', at.password);
      await who.page.getByRole('heading', { name: en.overview.title }).waitFor();
      expect(new URL(who.page.url()).pathname).toBe('/console/');
    });

    test('a password that serves once has to be changed before anything else', async () => {
      const [at, { page }] = await enter({ mustChangePassword: true });
      await page.getByLabel(en.signIn.name, { exact: true }).fill('admin');
      await page.getByLabel(en.signIn.password, { exact: true }).fill(at.password);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: en.signIn.changeTitle }).waitFor();
      expect(await page.getByRole('navigation').count()).toBe(0);
      await page.getByLabel(en.signIn.current, { exact: true }).fill(at.password);
      await page.getByLabel(en.signIn.next, { exact: true }).fill('short');
      await page.getByText(en.signIn.nextHelp).waitFor();
      await page.getByLabel(en.signIn.next, { exact: true }).fill('a much longer one');
      await page.getByLabel(en.signIn.repeat, { exact: true }).fill('a much longer one');
      await page.getByRole('button', { name: en.signIn.change, exact: true }).click();
      await page.getByRole('heading', { name: en.overview.title }).waitFor();
    });

    test('the keyboard alone signs in and sends a push', async () => {
      const [at, who] = await enter();
      const keyboard = new Keyboard(who.page);
      await keyboard.tabTo(en.signIn.name);
      await keyboard.type('admin');
      await keyboard.tabTo(en.signIn.password);
      await keyboard.type(at.password);
      await keyboard.press('Enter');
      await who.page.getByRole('heading', { name: en.overview.title, level: 1 }).waitFor();
      await keyboard.tabTo(en.shell.send);
      await keyboard.press('Enter');
      await who.page.getByRole('heading', { name: en.send.title, level: 1 }).waitFor();
      await keyboard.tabTo(en.send.titleField);
      await keyboard.type('Shipped');
      await keyboard.tabTo(en.send.body);
      await keyboard.type('Order 2041 is on its way');
      await keyboard.tabTo(en.send.cids);
      await keyboard.type(cid);
      await keyboard.tabTo(en.send.submit);
      await keyboard.press('Enter');
      await who.page.getByRole('heading', { name: en.send.sentTitle, level: 1 }).waitFor();
      expect(at.pushed).toMatchObject([
        {
          audience: { kind: 'cid', values: [cid] },
          message: { notification: { title: 'Shipped', body: 'Order 2041 is on its way', click_type: 'startapp' } },
        },
      ]);
    });

    test('a session that ends in the middle of a form: one signs in over it, nothing typed is lost, the push goes once', async () => {
      const [at, who] = await signedIn();
      const { page } = who;
      await who.goto('apps/demo/send');
      await page.getByLabel(en.send.titleField, { exact: true }).fill('Kept title');
      await page.getByLabel(en.send.body, { exact: true }).fill('Kept text');
      at.endSessions();
      await page.getByLabel(en.send.cids, { exact: true }).fill(cid);
      const dialog = page.getByRole('dialog', { name: en.signIn.renewTitle });
      // The dry run finds it, as soon as the form is complete.
      await dialog.waitFor();
      await dialog.getByLabel(en.signIn.password, { exact: true }).fill(at.password);
      await page.keyboard.press('Enter');
      await dialog.waitFor({ state: 'detached' });
      expect(await page.getByLabel(en.send.titleField, { exact: true }).inputValue()).toBe('Kept title');
      await page.getByText('curl -s').waitFor();
      at.endSessions();
      await page.getByRole('button', { name: en.send.submit, exact: true }).click();
      await dialog.getByLabel(en.signIn.password, { exact: true }).fill(at.password);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: en.send.sentTitle, level: 1 }).waitFor();
      expect((at.pushed as PushOrder[]).map(({ message }) => message.notification?.title)).toEqual(['Kept title']);
    });

    test('a page that only looks on notices the end of the session by its stream, and goes on after the sign-in', async () => {
      const [at, { page }] = await signedIn();
      await page.getByText(en.common.live, { exact: true }).waitFor();
      at.endSessions();
      const dialog = page.getByRole('dialog', { name: en.signIn.renewTitle });
      // The backend looks every 15 seconds whether those who look on still may.
      await dialog.waitFor({ timeout: 60_000 });
      await dialog.getByLabel(en.signIn.password, { exact: true }).fill(at.password);
      await page.keyboard.press('Enter');
      await dialog.waitFor({ state: 'detached' });
      await page.getByText(en.common.live, { exact: true }).waitFor();
    });

    test('a role that is away is named, and what does not need it works on', async () => {
      const [at, who] = await signedIn();
      at.away('user-redis');
      await who.goto('apps/demo/devices');
      await who.page.getByText(en.errors.role('user-redis')).waitFor();
      await who.goto('apps/demo/tasks');
      await who.page.getByRole('row').nth(50).waitFor();
      at.away(undefined);
      await who.goto('apps/demo/devices');
      await who.page.getByRole('link', { name: cid }).waitFor();
    });

    test('a push that is refused says which role is away; the form stays, and the same push is tried again', async () => {
      const [at, who] = await signedIn();
      const { page } = who;
      await who.goto(`apps/demo/send?cid=${cid}`);
      await page.getByLabel(en.send.titleField, { exact: true }).fill('Again');
      await page.getByLabel(en.send.body, { exact: true }).fill('and again');
      at.away('im');
      await page.getByRole('button', { name: en.send.submit, exact: true }).click();
      await page.getByText(en.errors.role('im')).waitFor();
      at.away(undefined);
      await page.getByRole('button', { name: en.send.submit, exact: true }).click();
      await page.getByRole('heading', { name: en.send.sentTitle, level: 1 }).waitFor();
      expect(at.pushed.length).toBe(1);
    });

    test('what is wrong is said while one types, by the rules of the API', async () => {
      const [at, who] = await signedIn();
      const { page } = who;
      await who.goto('apps/demo/send');
      const title = page.getByLabel(en.send.titleField, { exact: true });
      await title.fill('😀'.repeat(50));
      await page.getByText('50 / 50').waitFor();
      expect(await page.getByText(en.faults.tooLong('50')).count()).toBe(0);
      await title.fill('😀'.repeat(51));
      await page.getByText(en.faults.tooLong('50')).waitFor();
      await page.getByRole('button', { name: en.send.submit, exact: true }).click();
      await page.getByText(en.send.faultsLeft('3')).waitFor();
      await page.getByText(en.faults.required).first().waitFor();
      expect(at.pushed).toEqual([]);
      expect(at.checks.count).toBe(0);
    });

    test('a push to all devices is sent after a question', async () => {
      const [at, who] = await signedIn();
      const { page } = who;
      await who.goto('apps/demo/send');
      await page.getByLabel(en.send.titleField, { exact: true }).fill('To everybody');
      await page.getByLabel(en.send.body, { exact: true }).fill('Hello');
      await page.getByText(en.send.allDevices, { exact: true }).click();
      await page.getByRole('button', { name: en.send.submit, exact: true }).click();
      const dialog = page.getByRole('dialog', { name: en.send.confirmTitle });
      await dialog.waitFor();
      expect(at.pushed).toEqual([]);
      await dialog.getByRole('button', { name: en.send.confirm, exact: true }).click();
      await page.getByRole('heading', { name: en.send.sentTitle, level: 1 }).waitFor();
      expect(at.pushed).toMatchObject([{ audience: { kind: 'all' } }]);
    });

    test('markup that is stored is shown as text, wherever it comes from', async () => {
      const [, who] = await signedIn();
      for (const path of [
        'apps',
        'apps/old-app',
        'apps/demo/tasks',
        'apps/demo/tasks/RASA_1',
        `apps/demo/devices/${cid}`,
        'audit',
      ]) {
        await who.goto(path);
        await who.page.getByRole('main').getByText(markup).filter({ visible: true }).first().waitFor();
        expect(await who.page.locator('img').count(), path).toBe(0);
        expect(await who.page.title(), path).not.toBe('1');
      }
    });

    test('of 100,000 tasks a page at a time is asked for and drawn', async () => {
      const [, who] = await signedIn();
      await who.goto('apps/demo/tasks');
      const rows = who.page.locator('tbody tr');
      expect(await rows.count()).toBe(50);
      await who.page.getByRole('button', { name: en.common.more, exact: true }).click();
      await waitFor('the second page is there', async () => (await rows.count()) === 100);
    });

    test('a browser that does not reach the devices’ address is told so, and everything else works', async () => {
      const [, who] = await signedIn();
      await who.goto('apps/demo/virtual-devices');
      await who.page.getByRole('button', { name: en.virtual.add, exact: true }).click();
      who.faults.length = 0;
      await who.page.getByText(en.virtual.unreachable(deadUrl)).waitFor({ timeout: 60_000 });
      await who.page.getByRole('link', { name: en.shell.tasks, exact: true }).click();
      await who.page.locator('tbody tr').nth(49).waitFor();
    });

    test('the keyboard alone sets a vendor’s channel; a refusal stays beside what was typed', async () => {
      const [at, who] = await signedIn();
      const { page } = who;
      const c = en.channels;
      await who.goto('apps/demo');
      const keyboard = new Keyboard(page);
      await keyboard.tabTo(c.set);
      await keyboard.press('Enter');
      const form = page.getByRole('dialog', { name: c.set });
      await form.waitFor();
      await keyboard.tabTo(c.fields.clientSecret);
      await keyboard.type('typed once');
      await keyboard.tabTo(en.common.save);
      await keyboard.press('Enter');
      await form.getByText('Letters, digits and signs, no spaces').waitFor();
      await form.getByLabel(c.fields.clientSecret, { exact: true }).fill('typed-once');
      await form.getByLabel(c.fields.appId, { exact: true }).fill('100100');
      at.away('user-mysql');
      await form.getByRole('button', { name: en.common.save, exact: true }).click();
      await form.getByText(en.errors.role('user-mysql')).waitFor();
      expect(await form.getByLabel(c.fields.clientSecret, { exact: true }).inputValue()).toBe('typed-once');
      at.away(undefined);
      await keyboard.press('Enter');
      await form.waitFor({ state: 'detached' });
      await page.getByRole('row').filter({ hasText: c.kinds.huawei }).waitFor();
    });

    test.each([lightEnglish, darkChinese, ...phoneLooks])(
      'the form of a channel fits and is accessible with its faults ($theme, $language, $width)',
      async (look) => {
        const [, who] = await signedIn({}, look);
        const { page } = who;
        const t = dictionaries[look.language];
        await who.goto('apps/demo');
        const replace = page.getByRole('button', { name: `${t.channels.replace}: ${t.channels.kinds.apns}` });
        await replace.scrollIntoViewIfNeeded();
        const name = `${look.theme}-${look.language}-${look.width}`;
        await picture(page, `channels-${name}`);
        await replace.click();
        const form = page.getByRole('dialog', { name: t.channels.replaceTitle(t.channels.kinds.apns) });
        await form.getByLabel(t.channels.fields.keyId, { exact: true }).fill('no id');
        await form.getByRole('button', { name: t.common.save, exact: true }).click();
        await form.getByText(t.faults.required, { exact: true }).waitFor();
        expect(await who.inaccessible()).toEqual([]);
        expect(await who.overflow()).toBe(0);
        await picture(page, `channel-form-${name}`);
      },
    );

    test('without a key to encrypt with the card says what to set, and offers no form', async () => {
      const [, who] = await signedIn({ keepsCredentials: false });
      await who.goto('apps/demo');
      await who.page.getByText(en.channels.noKeys).waitFor();
      expect(await who.page.getByRole('button', { name: en.channels.set, exact: true }).count()).toBe(0);
      expect(await who.page.getByRole('button', { name: new RegExp(en.channels.replace) }).count()).toBe(0);
      await who.page.getByRole('button', { name: en.common.remove(en.channels.kinds.fcm), exact: true }).waitFor();
    });

    test('a viewer of one app sees no pages of administration, and cannot send', async () => {
      const viewer = { ...operators[1]!, rights: [{ right: 'viewer' as const, app: 'demo' }] };
      const [, who] = await signedIn({ operator: viewer });
      const { page } = who;
      for (const name of [en.shell.operators, en.shell.audit, en.shell.settings]) {
        expect(await page.getByRole('link', { name, exact: true }).count(), name).toBe(0);
      }
      await who.goto('apps/demo/send');
      await page.getByText(en.send.noRight).waitFor();
      expect(await page.getByRole('button', { name: en.send.submit, exact: true }).isDisabled()).toBe(true);
      await who.goto('apps/demo');
      expect(await page.getByText(en.apps.rotate, { exact: true }).count()).toBe(0);
      await page.getByRole('row').filter({ hasText: en.channels.kinds.fcm }).waitFor();
      for (const name of [en.channels.set, en.channels.replace, en.channels.remove]) {
        expect(await page.getByText(name, { exact: true }).count(), name).toBe(0);
      }
    });
  },
);
