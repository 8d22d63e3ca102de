import type { ConsoleCalls } from '../calls/index.ts';
import { appsHandlers } from './apps.ts';
import { auditHandlers } from './audit.ts';
import type { HandlerDeps } from './deps.ts';
import { devicesHandlers } from './devices.ts';
import type { Handlers } from './handler.ts';
import { operatorsHandlers } from './operators.ts';
import { overviewHandlers } from './overview.ts';
import { sendsHandlers } from './sends.ts';
import { sessionHandlers } from './session.ts';
import { settingsHandlers } from './settings.ts';
import { tasksHandlers } from './tasks.ts';
import { virtualDeviceHandlers } from './virtual-device.ts';

/** Answers every call of the console. */
export function createHandlers(deps: HandlerDeps): Handlers<ConsoleCalls> {
  const { looking, config, ...others } = deps;
  const asked = { ...others, ...looking };
  const apiUrl = (config.publicApiUrl ?? config.imUrl).replace(/\/$/, '');
  return {
    ...sessionHandlers(deps),
    ...operatorsHandlers(deps),
    ...auditHandlers(deps),
    ...appsHandlers(deps),
    ...overviewHandlers({ ...asked, productLine: config.prometheusProductLine }),
    ...tasksHandlers(asked),
    ...devicesHandlers(asked),
    ...sendsHandlers({ ...asked, apiUrl }),
    ...settingsHandlers({ ...asked, secret: config.internalSecrets[0]! }),
    ...virtualDeviceHandlers(asked),
  };
}
