/** First in, first out, up to a bound; whoever adds decides what happens at it. */
export class BoundedQueue<Item> {
  readonly max: number;
  #items: Item[] = [];
  #head = 0;

  constructor(max: number) {
    this.max = max;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  /** False, and nothing added, at the bound. */
  add(item: Item): boolean {
    if (this.size >= this.max) return false;
    this.#items.push(item);
    return true;
  }

  peek(): Item | undefined {
    return this.#items[this.#head];
  }

  take(): Item | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.#head++;
    // Moving the rest up only now and then keeps a take cheap.
    if (this.#head > 64 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
