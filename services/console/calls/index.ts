import { appsCalls } from './apps.ts';
import { auditCalls } from './audit.ts';
import { operatorsCalls } from './operators.ts';
import { sessionCalls } from './session.ts';

/** Every call of the console. Each has a handler in `handlers/index.ts`; a test walks this list, right by right. */
export const calls = {
  ...sessionCalls,
  ...operatorsCalls,
  ...auditCalls,
  ...appsCalls,
};
export type ConsoleCalls = typeof calls;
