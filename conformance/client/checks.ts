import { additionChecks } from './checks/additions.ts';
import { aliveChecks } from './checks/alive.ts';
import { backoffChecks } from './checks/backoff.ts';
import { callChecks } from './checks/calls.ts';
import { closeChecks } from './checks/closing.ts';
import { deliveryChecks } from './checks/delivery.ts';
import { loginChecks } from './checks/login.ts';
import { repeatChecks } from './checks/repeats.ts';
import type { ClientChecks } from './context.ts';

/** Of every rule that binds SDKs. */
export const clientChecks: ClientChecks = {
  ...loginChecks,
  ...deliveryChecks,
  ...repeatChecks,
  ...aliveChecks,
  ...closeChecks,
  ...backoffChecks,
  ...callChecks,
  ...additionChecks,
};

/** The rule about all frames of the run: looked at when the others are done. */
export const framesRule = 'D102';
