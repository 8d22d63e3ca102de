import { describe, test } from 'vitest';
import type { SystemUnderTest } from '../e2e/suite/system-under-test.ts';
import type { Line } from '../rigs/kubernetes/line.ts';
import { underLoad } from './load.ts';

const load = { devices: 200, workers: 6 };
const victims = ['cm-1', 'im-1', 'cm-2', 'im-2'];

/** Pods that go as they do when a node is drained or a version rolled out: with their whole grace period. */
export function describeDeletedPods(sut: SystemUnderTest, line: () => Line): void {
  describe('deleted pods', () => {
    test('K1 what is accepted while every pod of cm and im is deleted in turn arrives once and in order', async () => {
      const accepted = await underLoad(sut, load, async ({ more }) => {
        for (const victim of victims) {
          const { number } = await line().delete(victim);
          await sut.backAgain(victim, number);
          await more(load.devices);
        }
      });
      process.stdout.write(`K1: ${accepted} pushes accepted and delivered\n`);
    });
  });
}
