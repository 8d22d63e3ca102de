import { afterAll, beforeAll, describe, inject } from 'vitest';
import { describeBlacklist } from '../e2e/suite/blacklist.ts';
import { describeBroadcasts } from '../e2e/suite/broadcasts.ts';
import { describeCallbacks } from '../e2e/suite/callbacks.ts';
import { describeChannels } from '../e2e/suite/channels.ts';
import { describeCounting } from '../e2e/suite/counting.ts';
import { describeCrashes } from '../e2e/suite/crashes.ts';
import { describeDelivery } from '../e2e/suite/delivery.ts';
import { describeDeviceCalls } from '../e2e/suite/device-calls.ts';
import { describeIdempotency } from '../e2e/suite/idempotency.ts';
import { describeLostView } from '../e2e/suite/lost-view.ts';
import { describeProtocol } from '../e2e/suite/protocol.ts';
import { describeRecall } from '../e2e/suite/recall.ts';
import { SystemUnderTest } from '../e2e/suite/system-under-test.ts';
import { describeTasks } from '../e2e/suite/tasks.ts';
import { describeUserReports } from '../e2e/suite/user-reports.ts';
import { connectEngine } from '../rigs/containers/engine.ts';
import { provideLine } from '../rigs/containers/images.ts';
import { type ContainerSystem, startContainers } from '../rigs/containers/system.ts';
import { describeFaults } from './faults.ts';

const { host, reason } = inject('engine');

/** The end-to-end suites, on the system as it is deployed: from its images, two of each role, stores on networks of their own. */
describe.skipIf(host === '')(`in containers${reason && ` (${reason})`}`, () => {
  const sut = new SystemUnderTest();
  let system: ContainerSystem;
  beforeAll(async () => {
    const engine = connectEngine(host);
    await provideLine(engine, 'push');
    const scale = { cm: 2, im: 2, 'user-redis': 2, 'user-mysql': 2 };
    await sut.start({ scale }, async (options) => {
      system = await startContainers(engine, options);
      return system;
    });
  });
  afterAll(() => sut.stop());

  describeDelivery(sut);
  describeProtocol(sut);
  describeIdempotency(sut);
  describeLostView(sut);
  describeCounting(sut);
  describeCallbacks(sut);
  describeBlacklist(sut);
  describeDeviceCalls(sut);
  describeTasks(sut);
  describeBroadcasts(sut);
  describeChannels(sut);
  describeUserReports(sut);
  describeRecall(sut);
  describeCrashes(sut);
  describeFaults(sut, () => system.fleet);
});
