import type { Batch, Bus, ConsumeOptions, Consumer } from '../../../services/common/bus/bus.ts';

/** A consumer that keeps what it was given, in order. */
export interface Collector {
  consumer: Consumer;
  /** Values of finished batches, per partition. */
  values: Map<number, string[]>;
  offsets: Map<number, number[]>;
  /** All values of all partitions. */
  all(): string[];
}

export async function collect(
  bus: Bus,
  options: Pick<ConsumeOptions, 'topic' | 'group'> & Partial<ConsumeOptions>,
): Promise<Collector> {
  const values = new Map<number, string[]>();
  const offsets = new Map<number, number[]>();
  const consumer = await bus.consume({
    maxBatch: 50,
    ...options,
    onBatch: async (batch: Batch) => {
      await options.onBatch?.(batch);
      const { partition, records } = batch;
      values.set(partition, [...(values.get(partition) ?? []), ...records.map(({ value }) => value)]);
      offsets.set(partition, [...(offsets.get(partition) ?? []), ...records.map(({ offset }) => offset)]);
    },
  });
  return { consumer, values, offsets, all: () => [...values.values()].flat() };
}

/** Records `from` to below `to`, on partition `partition`, whose values are their numbers. */
export function numbered(partition: number, from: number, to: number) {
  return Array.from({ length: to - from }, (_none, index) => ({
    partition,
    key: `k${partition}`,
    value: String(from + index),
  }));
}
