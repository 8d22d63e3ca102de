/**
 * A consumer in a process of its own, to be killed: handles batches until it has taken `handle` records, then prints
 * `hanging` from within a batch that never ends.
 */
import { type BusSpec, openSpec } from './rig.ts';

interface Order {
  spec: BusSpec;
  topic: string;
  group: string;
  handle: number;
}

const { spec, topic, group, handle }: Order = JSON.parse(process.argv[2] ?? '{}');
const bus = await openSpec(spec);
let taken = 0;
await bus.consume({
  topic,
  group,
  maxBatch: 10,
  onBatch: async ({ records }) => {
    if (taken >= handle) {
      process.stdout.write('hanging\n');
      await new Promise(() => {});
    }
    taken += records.length;
    for (const { value } of records) process.stdout.write(`took ${value}\n`);
  },
});
