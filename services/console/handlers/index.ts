import type { ConsoleCalls } from '../calls/index.ts';
import { appsHandlers } from './apps.ts';
import { auditHandlers } from './audit.ts';
import { callbacksHandlers } from './callbacks.ts';
import { channelsHandlers } from './channels.ts';
import type { HandlerDeps } from './deps.ts';
import { devicesHandlers } from './devices.ts';
import type { Handlers } from './handler.ts';
import { oidcHandlers } from './oidc.ts';
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
  const secret = config.internalSecrets[0]!;
  const asked = { ...others, ...looking };
  const apiUrl = (config.publicApiUrl ?? config.imUrl).replace(/\/$/, '');
  return {
    ...sessionHandlers(deps),
    ...oidcHandlers(deps),
    ...operatorsHandlers(deps),
    ...auditHandlers(deps),
    ...appsHandlers(deps),
    ...channelsHandlers(deps),
    ...callbacksHandlers({ ...looking, secret }),
    ...overviewHandlers({ ...asked, productLine: config.prometheusProductLine }),
    ...tasksHandlers(asked),
    ...devicesHandlers(asked),
    ...sendsHandlers({ ...asked, apiUrl }),
    ...settingsHandlers({ ...asked, secret }),
    ...virtualDeviceHandlers(asked),
  };
}
