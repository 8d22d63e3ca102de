/** What a wheel holds: `dueAt` is the wheel's own note of when it will look at the item next; 0 while it holds none. */
export interface Timed {
  dueAt: number;
}

/**
 * Timers of very many items in one ring of slots. An item is in one slot that counts; moving it earlier leaves its old
 * entry behind, which is passed over when its slot comes. Moving it later costs nothing: whoever handles a due item puts it
 * back for the time that is left.
 */
export class TimingWheel<Item extends Timed> {
  #slots: Item[][];
  #slotMs: number;
  #tick: number;

  /** @param slots times `slotMs` is the longest wait; a later time is looked at earlier. */
  constructor(slotMs: number, slots: number, now: number) {
    this.#slotMs = slotMs;
    this.#slots = Array.from({ length: slots }, () => []);
    this.#tick = Math.floor(now / slotMs);
  }

  schedule(item: Item, at: number): void {
    const tick = Math.min(Math.max(Math.ceil(at / this.#slotMs), this.#tick + 1), this.#tick + this.#slots.length - 1);
    item.dueAt = tick * this.#slotMs;
    this.#slots[tick % this.#slots.length]!.push(item);
  }

  /** Takes out all items that are due by `now`. */
  advance(now: number): Item[] {
    const due: Item[] = [];
    const end = Math.floor(now / this.#slotMs);
    for (let steps = 0; this.#tick < end && steps < this.#slots.length; steps++) {
      this.#tick++;
      const index = this.#tick % this.#slots.length;
      const items = this.#slots[index]!;
      if (items.length === 0) continue;
      this.#slots[index] = [];
      for (const item of items) {
        if (item.dueAt === 0 || item.dueAt > now) continue;
        // Taken out: an older entry of it, in this slot or a later one, no longer counts.
        item.dueAt = 0;
        due.push(item);
      }
    }
    this.#tick = Math.max(this.#tick, end);
    return due;
  }
}
