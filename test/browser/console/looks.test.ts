import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dictionaries } from '../../../services/console/web/i18n/dictionary.ts';
import { chromiumAvailable, startChromium } from '../../rigs/chromium.ts';
import { type BuiltPages, buildPages } from './built-pages.ts';
import { picture } from './pictures.ts';
import { cid, operators } from './samples.ts';
import { type StandIn, startStandIn } from './stand-in.ts';
import { darkChinese, lightEnglish, phone, phoneLooks, Visitor } from './visitor.ts';

const chromium = await chromiumAvailable();
const required = process.env['LONGWIRE_REQUIRE_BROWSER'] === '1';
const task = `RASA_1124_${'2'.padStart(32, '0')}`;

/** Every page, with the word in its heading. */
const paths = {
  overview: '',
  topology: 'topology',
  settings: 'settings',
  send: 'apps/demo/send',
  tasks: 'apps/demo/tasks',
  task: `apps/demo/tasks/${task}`,
  devices: 'apps/demo/devices',
  device: `apps/demo/devices/${cid}`,
  virtual: 'apps/demo/virtual-devices',
  apps: 'apps',
  app: 'apps/demo',
  operators: 'operators',
  audit: 'audit',
};
const headings = (language: 'en' | 'zh'): Record<keyof typeof paths, string> => {
  const t = dictionaries[language];
  return {
    ...{ overview: t.overview.title, topology: t.topology.title, settings: t.settings.title, send: t.send.title },
    ...{ tasks: t.tasks.title, task, devices: t.devices.title, device: cid, virtual: t.virtual.title },
    ...{ apps: t.apps.title, app: 'Demo', operators: t.operators.title, audit: t.audit.title },
  };
};

describe.skipIf(!chromium.ok && !required)('the console in a browser, with sample answers', () => {
  let pages: BuiltPages;
  let browser: Browser;
  let standIn: StandIn;
  beforeAll(async () => {
    pages = await buildPages();
    browser = await startChromium();
    standIn = await startStandIn({
      ...{ pagesDir: pages.dir, operator: operators[0]! },
      deviceUrl: 'ws://127.0.0.1:1/sdk/v1',
    });
  });
  afterAll(async () => {
    await browser?.close();
    await standIn?.stop();
    pages?.remove();
  });

  test('all scripts together are at most 400 KB, gzipped', () => {
    expect(pages.scriptBytes()).toBeGreaterThan(50_000);
    expect(pages.scriptBytes()).toBeLessThanOrEqual(400 * 1_024);
  });

  for (const look of [lightEnglish, darkChinese, ...phoneLooks]) {
    const { theme, language, width } = look;
    const name = `${theme}, ${language}, ${width === phone ? 'phone' : 'desktop'}`;
    test(`each page, ${name}: in its language, nothing serious for axe, nothing refused, no wider than the window`, {
      timeout: 300_000,
    }, async () => {
      const visitor = await Visitor.open(browser, standIn.url, look);
      const { signIn } = dictionaries[language];
      await visitor.page.getByRole('button', { name: signIn.submit, exact: true }).waitFor();
      expect(await visitor.inaccessible(), 'sign-in').toEqual([]);
      await pictureOf(visitor, 'sign-in');
      await visitor.signIn(signIn, 'admin', standIn.password);
      await setTheme(visitor, theme);
      for (const [page, path] of Object.entries(paths) as [keyof typeof paths, string][]) {
        await visitor.goto(path);
        expect(await visitor.page.getByRole('heading', { level: 1 }).textContent(), page).toBe(
          headings(language)[page],
        );
        expect(await visitor.page.evaluate(() => document.documentElement.lang), page).toMatch(language);
        expect(await visitor.inaccessible(), page).toEqual([]);
        expect(await visitor.violations(), page).toEqual([]);
        expect(await visitor.overflow(), page).toBe(0);
        await pictureOf(visitor, page);
      }
      expect(visitor.faults).toEqual([]);
      await visitor.close();
    });
    /** Of the light and English ones on a desktop, and of some of the others. */
    async function pictureOf(visitor: Visitor, page: string): Promise<void> {
      if (look !== lightEnglish && !['overview', 'send'].includes(page)) return;
      const suffix = look === lightEnglish ? '' : `-${theme}-${language}${width === phone ? '-phone' : ''}`;
      await picture(visitor.page, `${page}${suffix}`);
    }
  }

  test('the switch changes the colours at once, and the language all words, and both are kept', async () => {
    const visitor = await Visitor.open(browser, standIn.url, lightEnglish);
    const { en, zh } = dictionaries;
    await visitor.signIn(en.signIn, 'admin', standIn.password);
    const colour = () => visitor.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await colour();
    await setTheme(visitor, 'dark');
    expect(await colour()).not.toBe(light);
    await visitor.page.getByRole('button', { name: `${en.shell.account}: admin` }).click();
    await visitor.page.getByRole('menuitemradio', { name: '简体中文' }).click();
    await visitor.page.getByRole('heading', { name: zh.overview.title, level: 1 }).waitFor();
    await visitor.page.reload();
    await visitor.page.getByRole('heading', { name: zh.overview.title, level: 1 }).waitFor();
    expect(await colour()).not.toBe(light);
    await visitor.close();
  });
});

/** By what the page keeps, for pages that are read anew. */
async function setTheme(visitor: Visitor, theme: 'light' | 'dark'): Promise<void> {
  await visitor.page.evaluate((chosen) => {
    const kept = JSON.parse(localStorage.getItem('longwire.console') ?? '{}') as object;
    localStorage.setItem('longwire.console', JSON.stringify({ ...kept, theme: chosen }));
  }, theme);
  await visitor.page.reload();
  await visitor.page.getByRole('heading', { level: 1 }).waitFor();
}
