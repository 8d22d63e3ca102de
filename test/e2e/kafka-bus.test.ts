import { afterAll, beforeAll, describe } from 'vitest';
import { kafkaAvailable } from '../rigs/kafka.ts';

import { describeBroadcasts } from './suite/broadcasts.ts';
import { describeCallbacks } from './suite/callbacks.ts';

import { describeChannels } from './suite/channels.ts';

import { describeCounting } from './suite/counting.ts';
import { describeCrashes } from './suite/crashes.ts';
import { describeDelivery } from './suite/delivery.ts';
import { describeIdempotency } from './suite/idempotency.ts';
import { describeLostView } from './suite/lost-view.ts';
import { describeProtocol } from './suite/protocol.ts';
import { describeRecall } from './suite/recall.ts';
import { SystemUnderTest } from './suite/system-under-test.ts';
import { describeTakeovers } from './suite/takeovers.ts';
import { describeTasks } from './suite/tasks.ts';
import { describeUserReports } from './suite/user-reports.ts';

const kafka = await kafkaAvailable();
const required = process.env['LONGWIRE_REQUIRE_KAFKA'] === '1';

describe.skipIf(!kafka.ok && !required)(`on Kafka${kafka.ok ? '' : ` (${kafka.reason})`}`, () => {
  const sut = new SystemUnderTest();
  beforeAll(() => sut.start({ bus: 'kafka', scale: { cm: 2, im: 2, 'user-redis': 2, 'user-mysql': 2 } }));
  afterAll(() => sut.stop());

  describeDelivery(sut);
  describeProtocol(sut);
  describeIdempotency(sut);
  describeLostView(sut);
  describeCounting(sut);
  describeCallbacks(sut);
  describeTasks(sut);
  describeBroadcasts(sut);
  describeChannels(sut);
  describeUserReports(sut);
  describeRecall(sut);
  describeTakeovers(sut);
  describeCrashes(sut);
});
