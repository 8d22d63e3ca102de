import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kafkaAvailable, startKafka } from '../../rigs/kafka.ts';
import type { BusRig } from './rig.ts';
import { describeBus } from './suite.ts';

async function kafkaRig(): Promise<BusRig> {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-bus-kafka-'));
  let server = await startKafka({ dir });
  const { port, brokers } = server;
  return {
    spec: { kind: 'kafka', brokers },
    kill: () => server.end('SIGKILL'),
    async start() {
      server = await startKafka({ dir, port });
    },
    async close() {
      await server.end();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const available = await kafkaAvailable();
if (available.ok) {
  describeBus('Kafka', kafkaRig);
} else if (process.env['LONGWIRE_REQUIRE_KAFKA'] === '1') {
  test('Kafka is required and can be started here', () => {
    expect.fail(available.reason);
  });
} else {
  describe.skip(`bus contract: Kafka (not available: ${available.reason})`, () => {
    test('runs', () => {});
  });
}
