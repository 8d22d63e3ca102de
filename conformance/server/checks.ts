import { expect } from '../check.ts';
import { addressChecks } from './checks/addresses.ts';
import { aliveChecks } from './checks/alive.ts';
import { broadcastChecks } from './checks/broadcasts.ts';
import { callChecks } from './checks/calls.ts';
import { crashChecks } from './checks/crashes.ts';
import { deliveryChecks } from './checks/delivery.ts';
import { limitChecks } from './checks/limits.ts';
import { loginChecks } from './checks/login.ts';
import { operatorChecks } from './checks/operator.ts';
import { registrationChecks } from './checks/registration.ts';
import { transportChecks } from './checks/transport.ts';
import type { ServerChecks } from './context.ts';

/** Of every rule that binds servers. */
export const serverChecks: ServerChecks = {
  ...transportChecks,
  ...registrationChecks,
  ...loginChecks,
  ...aliveChecks,
  ...deliveryChecks,
  ...broadcastChecks,
  ...callChecks,
  ...limitChecks,
  ...addressChecks,
  ...crashChecks,
  ...operatorChecks,
};

/** The rule about all frames of the run: looked at when the others are done. */
export const framesRule = 'D6';

export async function checkFrames(faults: string[]): Promise<void> {
  expect(faults.length === 0, () => `${faults.length} frames don't fit: ${faults.slice(0, 3).join('; ')}`);
}
