import { appsCalls } from './apps.ts';
import { auditCalls } from './audit.ts';
import { channelsCalls } from './channels.ts';
import { devicesCalls } from './devices.ts';
import { oidcCalls } from './oidc.ts';
import { operatorsCalls } from './operators.ts';
import { overviewCalls } from './overview.ts';
import { sendsCalls } from './sends.ts';
import { sessionCalls } from './session.ts';
import { settingsCalls } from './settings.ts';
import { tasksCalls } from './tasks.ts';
import { topologyCalls } from './topology.ts';
import { virtualDeviceCalls } from './virtual-device.ts';

/** Every call of the console. Each has a handler in `handlers/index.ts`; a test walks this list, right by right. */
export const calls = {
  ...sessionCalls,
  ...oidcCalls,
  ...operatorsCalls,
  ...auditCalls,
  ...appsCalls,
  ...channelsCalls,
  ...overviewCalls,
  ...topologyCalls,
  ...tasksCalls,
  ...devicesCalls,
  ...sendsCalls,
  ...settingsCalls,
  ...virtualDeviceCalls,
};
export type ConsoleCalls = typeof calls;
