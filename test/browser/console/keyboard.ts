import type { Page } from 'playwright-core';

/** Presses of the Tab key until something is found, at the most. */
const maxTabs = 80;

/** Somebody who uses nothing but the keyboard. */
export class Keyboard {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Goes on with the Tab key until what has the focus is called so. @throws Error if it never is */
  async tabTo(name: string): Promise<void> {
    if ((await this.#focused()) === name) return;
    const passed: string[] = [];
    for (let pressed = 0; pressed < maxTabs; pressed++) {
      await this.#page.keyboard.press('Tab');
      const focused = await this.#focused();
      if (focused === name) return;
      passed.push(focused);
    }
    throw new Error(`no Tab comes to ${name}, only to: ${passed.join(' | ')}`);
  }

  async type(text: string): Promise<void> {
    await this.#page.keyboard.type(text);
  }

  async press(key: 'Enter' | 'Space'): Promise<void> {
    await this.#page.keyboard.press(key);
  }

  /** What the element with the focus is called, as far as these pages name theirs. */
  #focused(): Promise<string> {
    return this.#page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement | null;
      const label = element?.labels?.[0] ?? undefined;
      return (label?.textContent ?? element?.getAttribute('aria-label') ?? element?.textContent ?? '').trim();
    });
  }
}
