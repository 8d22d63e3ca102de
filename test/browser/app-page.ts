import type { BrowserContext, Page } from 'playwright-core';
import type { Device, DeviceStatus, Push, StopReason } from '../../sdk/src/index.ts';
import { waitFor } from '../rigs/process.ts';

declare global {
  /** What the page of `page/app.js` holds for the tests. */
  var app: { device: Device | undefined; states: (DeviceStatus | StopReason)[]; errors: string[] };
}

/** A tab with the page. What it keeps in localStorage is shared with every other tab of the same context. */
export class AppPage {
  readonly page: Page;
  /** What went wrong in the page without being caught. */
  readonly faults: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.faults.push(String(error)));
  }

  static async open(context: BrowserContext, url: string): Promise<AppPage> {
    const opened = new AppPage(await context.newPage());
    await opened.page.goto(url);
    return opened;
  }

  /** Resolves with the device's cid. */
  async online(timeoutMs = 10_000): Promise<string> {
    await this.reaches('online', timeoutMs);
    return (await this.page.evaluate(() => globalThis.app.device?.cid))!;
  }

  /** Resolves when the device is in this state; a page that is just loading has none. */
  async reaches(state: DeviceStatus, timeoutMs = 10_000): Promise<void> {
    const now = () => this.page.evaluate(() => globalThis.app?.device?.state);
    await waitFor(`the page's device is ${state}`, async () => (await now()) === state, timeoutMs);
  }

  /** Every state since the page was loaded, in order; the last one of a stopped device is why it stopped. */
  states(): Promise<(DeviceStatus | StopReason)[]> {
    return this.page.evaluate(() => globalThis.app.states);
  }

  errors(): Promise<string[]> {
    return this.page.evaluate(() => globalThis.app.errors);
  }

  /** All that the app was ever pushed, in order, whichever of its tabs was open. */
  inbox(): Promise<Push[]> {
    return this.page.evaluate(() => JSON.parse(localStorage.getItem('inbox') ?? '[]') as Push[]);
  }

  /** Resolves with the texts of all pushes, once these are at least `count`. */
  async texts(count: number, timeoutMs = 15_000): Promise<(string | undefined)[]> {
    const enough = async () => {
      const inbox = await this.inbox();
      return inbox.length >= count && inbox.map((push) => push.transmission);
    };
    return waitFor(`the page's app gets ${count} pushes`, enough, timeoutMs);
  }
}
