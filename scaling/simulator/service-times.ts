import type { ScaledRoleName } from '../roles.ts';

export interface ServiceTime {
  /** What one instance does a second: a whole thread by the CPU time of a unit (`bench/instance-capacity.ts`). */
  perSecond: number;
  /** Mean time of a unit where nothing waits, seconds. */
  baseS: number;
}

/** Measured; docs/capacity.md has how, and on what. */
export const serviceTimes: Record<Exclude<ScaledRoleName, 'user-mysql'>, ServiceTime> = {
  /** Logins. */
  cm: { perSecond: 8_532, baseS: 0.02 },
  /** Messages, accepted and routed. */
  im: { perSecond: 5_843, baseS: 0.02 },
  /** Calls. */
  'user-redis': { perSecond: 4_905, baseS: 0.005 },
};

/** Calls to user-redis that one message, and one login, take. */
export const callsPerMessage = 0.29;
export const callsPerLogin = 0.22;
/** From the decision until an instance serves. An assumption: a pod whose image is on its node. */
export const startS = 30;
