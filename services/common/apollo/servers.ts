/** Config servers in the order in which they are asked: one that failed goes to the end, behind all that did not. */
export class Servers {
  #urls: string[] = [];
  readonly #random: () => number;

  /** @param random so that the instances of a fleet don't all begin with the same server. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Takes a list: those that are known keep their order, new ones get a random place behind the first. */
  take(urls: string[]): void {
    const kept = this.#urls.filter((url) => urls.includes(url));
    for (const url of new Set(urls)) {
      if (kept.includes(url)) continue;
      const least = this.#urls.length === 0 ? 0 : Math.min(1, kept.length);
      kept.splice(least + Math.floor(this.#random() * (kept.length - least + 1)), 0, url);
    }
    this.#urls = kept;
  }

  failed(url: string): void {
    if (!this.#urls.includes(url)) return;
    this.#urls = [...this.#urls.filter((one) => one !== url), url];
  }

  get urls(): readonly string[] {
    return this.#urls;
  }
}
