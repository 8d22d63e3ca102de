import type { BusRecord } from '../bus.ts';

/** What one partition holds ready at the most, beyond the read that reached it. */
const maxBytes = 1_000_000;

/** Records of one partition that were read and not handed over yet, in order. */
export class ReadAhead {
  readonly partition: number;
  #maxBatch: number;
  #records: BusRecord[] = [];
  #bytes = 0;
  #from: number;
  #end: number;
  #resolve: ((records: BusRecord[] | undefined) => void) | undefined;

  constructor(partition: number, offset: number, maxBatch: number) {
    this.partition = partition;
    this.#maxBatch = maxBatch;
    this.#from = offset;
    this.#end = offset;
  }

  /** Offset that what is handed over next goes on from. */
  get from(): number {
    return this.#from;
  }

  /** Offset to read from. */
  get end(): number {
    return this.#end;
  }

  get hasRoom(): boolean {
    return this.#records.length < this.#maxBatch && this.#bytes < maxBytes;
  }

  /** Hands a batch over, when there is one; undefined if `close` came first. One wait at a time. */
  next(): Promise<BusRecord[] | undefined> {
    if (this.#records.length > 0) return Promise.resolve(this.#take());
    const { promise, resolve } = Promise.withResolvers<BusRecord[] | undefined>();
    this.#resolve = resolve;
    return promise;
  }

  /** Takes what was read from `end` on; at least one record. */
  add(records: BusRecord[]): void {
    this.#end = records.at(-1)!.offset + 1;
    this.#bytes += bytesOf(records);
    this.#records = this.#records.length === 0 ? records : [...this.#records, ...records];
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve?.(this.#take());
  }

  close(): void {
    this.#resolve?.(undefined);
    this.#resolve = undefined;
  }

  #take(): BusRecord[] {
    const batch = this.#records.splice(0, this.#maxBatch);
    this.#from = batch.at(-1)!.offset + 1;
    this.#bytes -= bytesOf(batch);
    return batch;
  }
}

/** About the bytes of keys and values. */
export function bytesOf(records: BusRecord[]): number {
  return records.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
}
