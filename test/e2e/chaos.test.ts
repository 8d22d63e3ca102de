import { describe, expect, test } from 'vitest';
import { runChaos } from '../chaos/chaos.ts';
import { kafkaAvailable } from '../rigs/kafka.ts';

const kafka = await kafkaAvailable();
const required = process.env['LONGWIRE_REQUIRE_KAFKA'] === '1';

/** One short run of `test/chaos/run.ts` on each bus; longer ones are run by hand. */
async function shortRun(bus: 'redis' | 'kafka'): Promise<void> {
  const faults: string[] = [];
  const seconds = 25;
  const verdict = await runChaos({
    bus,
    seconds,
    seed: 3,
    devices: 30,
    told: (_accepted, fault) => faults.push(fault),
  });
  expect(faults.length).toBeGreaterThan(5);
  expect(verdict.accepted).toBeGreaterThan(100);
  expect(verdict, faults.join(', ')).toMatchObject({ missing: 0, twice: 0, outOfOrder: 0 });
}

describe('random faults under load lose nothing, double nothing and keep the order', () => {
  test('on Redis Streams', () => shortRun('redis'));

  test.skipIf(!kafka.ok && !required)(`on Kafka${kafka.ok ? '' : ` (${kafka.reason})`}`, () => shortRun('kafka'));
});
