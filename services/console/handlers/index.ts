import type { ConsoleCalls } from '../calls/index.ts';
import { appsHandlers } from './apps.ts';
import { auditHandlers } from './audit.ts';
import type { HandlerDeps } from './deps.ts';
import type { Handlers } from './handler.ts';
import { operatorsHandlers } from './operators.ts';
import { sessionHandlers } from './session.ts';

/** Answers every call of the console. */
export function createHandlers(deps: HandlerDeps): Handlers<ConsoleCalls> {
  return {
    ...sessionHandlers(deps),
    ...operatorsHandlers(deps),
    ...auditHandlers(deps),
    ...appsHandlers(deps),
  };
}
