import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dictionary, dictionaries } from '../../../services/console/web/i18n/dictionary.ts';
import { chromiumAvailable, startChromium } from '../../rigs/chromium.ts';
import { startSystem, type UpSystem } from '../../rigs/system.ts';
import { picture } from './pictures.ts';
import { darkChinese, lightEnglish, Visitor } from './visitor.ts';

const chromium = await chromiumAvailable();
const required = process.env['LONGWIRE_REQUIRE_BROWSER'] === '1';
/** From the page's address to a push that is seen. */
const limitMs = 120_000;

describe.skipIf(!chromium.ok && !required)('the console of a running system', { timeout: 240_000 }, () => {
  let browser: Browser;
  let system: UpSystem;
  beforeAll(async () => {
    browser = await startChromium();
    system = await startSystem({ console: true });
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  }, 120_000);

  for (const look of [lightEnglish, darkChinese]) {
    test(`by its visible words alone, from the sign-in to a push seen on a virtual device (${look.language})`, async () => {
      const begun = Date.now();
      const t = dictionaries[look.language];
      const { url, user, password } = system.run().console!;
      const visitor = await Visitor.open(browser, url, look);
      const { page } = visitor;
      await visitor.signIn(t.signIn, user, password!);
      await page.getByText(t.shell.virtualDevices, { exact: true }).filter({ visible: true }).click();
      await page.getByText(t.virtual.add, { exact: true }).click();
      await page.getByText(t.virtual.status_online, { exact: true }).waitFor({ timeout: 60_000 });
      await page.getByText(t.virtual.test, { exact: true }).click();
      await page.getByText(t.virtual.testTitle, { exact: true }).waitFor({ timeout: 60_000 });
      expect(Date.now() - begun).toBeLessThan(limitMs);
      await written(page, t);
      expect(await visitor.violations()).toEqual([]);
      expect(visitor.faults.filter((fault) => !fault.startsWith('asked ws:'))).toEqual([]);
      await visitor.close();
    });
  }

  /** One that is written: from the form to the funnel of its task, seen and opened on the phone. */
  async function written(page: Page, t: Dictionary): Promise<void> {
    const title = `${t.send.titleField} <b>1</b>`;
    await page.getByText(t.virtual.pushHere, { exact: true }).click();
    await page.getByLabel(t.send.titleField, { exact: true }).fill(title);
    await page.getByLabel(t.send.body, { exact: true }).fill('2041');
    await page.getByText('curl').last().waitFor();
    await page.getByRole('button', { name: t.send.submit, exact: true }).click();
    await page.getByRole('heading', { name: t.send.sentTitle, level: 1 }).waitFor();
    const language = t === dictionaries.zh ? 'zh' : 'en';
    const step = (name: string) => page.getByRole('listitem').filter({ hasText: name }).getByText('1', { exact: true });
    await step(t.tasks.arrived).waitFor({ timeout: 60_000 });
    await picture(page, `sent-${language}`);
    await page.getByText(t.shell.virtualDevices, { exact: true }).filter({ visible: true }).click();
    await page.getByText(title, { exact: true }).waitFor();
    await page.getByRole('button', { name: `${t.virtual.click}: ${title}`, exact: true }).click();
    await picture(page, `virtual-${language}`);
    await page.getByText(t.shell.tasks, { exact: true }).filter({ visible: true }).click();
    await page.locator('tbody a').first().click();
    await step(t.tasks.clicked).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: t.tasks.show }).last().click();
    await page.getByRole('list', { name: t.tasks.timeline }).getByText(t.tasks.step_clicked).waitFor();
  }

  test('a phone whose network is cut, slow or asleep has its message when that is over, and no message twice', async () => {
    const t = dictionaries.en;
    const { url, user, password } = system.run().console!;
    const visitor = await Visitor.open(browser, url);
    const { page } = visitor;
    const messages = page.getByRole('list', { name: t.virtual.inbox }).getByRole('listitem');
    const network = (condition: string) => page.getByText(condition, { exact: true }).click();
    const received = (count: string) => page.getByText(t.virtual.received(count), { exact: true }).waitFor();
    const push = async (): Promise<void> => {
      const accepted = page.waitForResponse((answer) => answer.url().endsWith('/pushes') && answer.ok());
      await page.getByText(t.virtual.test, { exact: true }).click();
      await accepted;
    };
    await visitor.signIn(t.signIn, user, password!);
    await page.getByText(t.shell.virtualDevices, { exact: true }).filter({ visible: true }).click();
    await page.getByText(t.virtual.add, { exact: true }).click();
    await page.getByText(t.virtual.status_online, { exact: true }).waitFor({ timeout: 60_000 });
    await network(t.virtual.cut);
    await page.getByText(t.virtual.status_waiting, { exact: true }).waitFor();
    await push();
    await received('0');
    await network(t.virtual.normal);
    await received('1');
    await network(t.virtual.asleep);
    await push();
    await received('1');
    await network(t.virtual.normal);
    await received('2');
    await network(t.virtual.slow);
    await push();
    await received('3');
    expect(await messages.count()).toBe(3);
    await visitor.close();
  });

  test('every page answers, and nothing is refused by the policy', async () => {
    const { url, user, password } = system.run().console!;
    const visitor = await Visitor.open(browser, url);
    const { en } = dictionaries;
    await visitor.signIn(en.signIn, user, password!);
    const { appId } = system.run().app;
    const of = (name: string): string => `apps/${appId}/${name}`;
    const paths = ['', 'topology', 'settings', 'apps', 'operators', 'audit', `apps/${appId}`];
    for (const path of [...paths, of('send'), of('tasks'), of('devices'), of('virtual-devices')]) {
      await visitor.goto(path);
      expect(await visitor.page.getByRole('alert').count(), path).toBe(0);
      expect(await visitor.violations(), path).toEqual([]);
    }
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });
});
