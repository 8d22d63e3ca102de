/** What a wheel holds. These are the wheel's own notes: the item's neighbours in its slot. */
export interface Timed {
  before: Timed | undefined;
  after: Timed | undefined;
}

/** An item that no wheel holds. */
export const untimed = { before: undefined, after: undefined };

/**
 * Timers of very many items in one ring of slots. An item is in one slot at the most, linked to its neighbours there, so
 * moving it and taking it out cost the same however many there are, and nothing of it stays behind. Whoever handles a due
 * item puts it back for the time that is left.
 */
export class TimingWheel<Item extends Timed> {
  #slots: Timed[];
  #slotMs: number;
  #tick: number;
  #size = 0;

  /** @param slots times `slotMs` is the longest wait; a later time is looked at earlier. */
  constructor(slotMs: number, slots: number, now: number) {
    this.#slotMs = slotMs;
    this.#slots = Array.from({ length: slots }, emptySlot);
    this.#tick = Math.floor(now / slotMs);
  }

  /** Items that it holds. */
  get size(): number {
    return this.#size;
  }

  /** Puts an item in, or moves it. */
  schedule(item: Item, at: number): void {
    this.remove(item);
    const tick = Math.min(Math.max(Math.ceil(at / this.#slotMs), this.#tick + 1), this.#tick + this.#slots.length - 1);
    const slot = this.#slots[tick % this.#slots.length]!;
    item.before = slot.before;
    item.after = slot;
    slot.before!.after = item;
    slot.before = item;
    this.#size++;
  }

  /** Takes an item out, if it is in. */
  remove(item: Item): void {
    const { before, after } = item;
    if (before === undefined || after === undefined) return;
    before.after = after;
    after.before = before;
    Object.assign(item, untimed);
    this.#size--;
  }

  /** Takes out all items that are due by `now`. */
  advance(now: number): Item[] {
    const due: Item[] = [];
    const end = Math.floor(now / this.#slotMs);
    for (let steps = 0; this.#tick < end && steps < this.#slots.length; steps++) {
      this.#tick++;
      const slot = this.#slots[this.#tick % this.#slots.length]!;
      while (slot.after !== slot) {
        // A slot links items of this wheel and itself.
        const item = slot.after as Item;
        this.remove(item);
        due.push(item);
      }
    }
    this.#tick = Math.max(this.#tick, end);
    return due;
  }
}

/** A slot is the head of a ring of its items. */
function emptySlot(): Timed {
  const slot: Timed = { ...untimed };
  slot.before = slot;
  slot.after = slot;
  return slot;
}
