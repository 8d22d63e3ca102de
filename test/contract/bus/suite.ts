import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import type { Bus } from '../../../services/common/bus/bus.ts';
import { describeBatches } from './batches.ts';
import { describeDeadLetters } from './dead-letters.ts';
import { describeGroups } from './groups.ts';
import { describeLog } from './log.ts';
import { describeOutages } from './outages.ts';
import { type BusRig, openSpec } from './rig.ts';

/** What the rules of a suite share: one server, and a bus of each test's own. */
export interface Stage {
  rig: () => BusRig;
  /** Opens a bus that is closed after the test. */
  open: () => Promise<Bus>;
  /** A topic nobody else uses. */
  topic: (bus: Bus, partitions: number) => Promise<string>;
}

/** The contract that every bus adapter keeps, run against a real server. */
export function describeBus(name: string, start: () => Promise<BusRig>): void {
  describe(`bus contract: ${name}`, () => {
    let rig: BusRig | undefined;
    const opened: Bus[] = [];
    beforeAll(async () => {
      rig = await start();
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((bus) => bus.close()));
    });
    afterAll(async () => {
      await rig?.close();
    });
    const stage: Stage = {
      rig: () => rig!,
      async open() {
        const bus = await openSpec(rig!.spec);
        opened.push(bus);
        return bus;
      },
      async topic(bus, partitions) {
        const topic = `t-${randomBytes(6).toString('hex')}`;
        await bus.ensureTopic(topic, partitions);
        return topic;
      },
    };
    describeLog(stage);
    describeBatches(stage);
    describeGroups(stage);
    describeDeadLetters(stage);
    describeOutages(stage);
  });
}
