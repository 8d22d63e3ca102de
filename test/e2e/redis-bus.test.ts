import { afterAll, beforeAll } from 'vitest';
import { describeBlacklist } from './suite/blacklist.ts';

import { describeBroadcasts } from './suite/broadcasts.ts';
import { describeCallbacks } from './suite/callbacks.ts';

import { describeChannels } from './suite/channels.ts';

import { describeCounting } from './suite/counting.ts';
import { describeCrashes } from './suite/crashes.ts';
import { describeDelivery } from './suite/delivery.ts';
import { describeDeviceCalls } from './suite/device-calls.ts';
import { describeIdempotency } from './suite/idempotency.ts';
import { describeLostView } from './suite/lost-view.ts';
import { describeProtocol } from './suite/protocol.ts';
import { describeRecall } from './suite/recall.ts';
import { SystemUnderTest } from './suite/system-under-test.ts';
import { describeTakeovers } from './suite/takeovers.ts';
import { describeTasks } from './suite/tasks.ts';
import { describeUserReports } from './suite/user-reports.ts';

const sut = new SystemUnderTest();
beforeAll(() => sut.start({ bus: 'redis', scale: { cm: 2, im: 2, 'user-redis': 2, 'user-mysql': 2 } }));
afterAll(() => sut.stop());

describeDelivery(sut);
describeProtocol(sut);
describeIdempotency(sut);
describeLostView(sut);
describeCounting(sut);
describeCallbacks(sut);
describeBlacklist(sut);
describeDeviceCalls(sut);
describeChannels(sut);
describeTasks(sut);
describeBroadcasts(sut);
describeUserReports(sut);
describeRecall(sut);
describeTakeovers(sut);
describeCrashes(sut);
