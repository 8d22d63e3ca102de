import { source as axeSource } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Language } from '../../../services/console/web/i18n/dictionary.ts';

export interface Look {
  theme: 'light' | 'dark';
  language: Language;
  width: number;
}

declare global {
  /** What the browser refused, as `directive what`. */
  var violations: string[];
  var axe: {
    run(options: object): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
  };
}

const desktop = 1_360;
export const phone = 390;
export const lightEnglish: Look = { theme: 'light', language: 'en', width: desktop };
export const darkChinese: Look = { theme: 'dark', language: 'zh', width: desktop };
export const phoneLooks: Look[] = [
  { theme: 'dark', language: 'en', width: phone },
  { theme: 'light', language: 'zh', width: phone },
];

/** Somebody with a browser at the console. What goes wrong on the way is kept. */
export class Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors that nothing caught, and requests to anywhere else. */
  readonly faults: string[] = [];
  readonly #url: string;

  private constructor(context: BrowserContext, page: Page, url: string) {
    this.context = context;
    this.page = page;
    this.#url = url;
    const { origin } = new URL(url);
    page.on('pageerror', (error) => this.faults.push(String(error)));
    page.on('request', (request) => {
      const to = new URL(request.url());
      if (to.origin !== origin && to.protocol !== 'data:') this.faults.push(`asked ${to.origin}`);
    });
  }

  /** @param url of the console, with the slash at its end */
  static async open(browser: Browser, url: string, look: Look = lightEnglish): Promise<Visitor> {
    const { theme, language, width } = look;
    const context = await browser.newContext({
      viewport: { width, height: width === phone ? 844 : 900 },
      colorScheme: theme,
      locale: language === 'zh' ? 'zh-CN' : 'en-US',
      reducedMotion: 'reduce',
    });
    await context.addInitScript(() => {
      globalThis.violations = [];
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
        globalThis.violations.push(`${effectiveDirective} ${blockedURI}`);
      });
    });
    const visitor = new Visitor(context, await context.newPage(), url);
    await visitor.page.goto(url);
    return visitor;
  }

  /** By the words of the first page alone. */
  async signIn(words: { name: string; password: string; submit: string }, name: string, password: string) {
    await this.page.getByLabel(words.name, { exact: true }).fill(name);
    await this.page.getByLabel(words.password, { exact: true }).fill(password);
    await this.page.getByRole('button', { name: words.submit, exact: true }).click();
    // The page of sign-in has a heading too.
    await this.page.locator('.gate').waitFor({ state: 'detached' });
    await this.page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
  }

  /** An address below the console's, read anew. */
  async goto(path: string): Promise<void> {
    await this.page.goto(this.#url + path);
    await this.page.getByRole('heading', { level: 1 }).waitFor();
    await this.page.locator('.skeleton').first().waitFor({ state: 'detached' });
  }

  /** What axe calls serious or critical on the page as it is. */
  async inaccessible(): Promise<string[]> {
    await this.page.evaluate(axeSource);
    const { violations } = await this.page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  }

  /** What the Content-Security-Policy refused on this page. */
  violations(): Promise<string[]> {
    return this.page.evaluate(() => globalThis.violations);
  }

  /** How many pixels the page is wider than the window. */
  overflow(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
