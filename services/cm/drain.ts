import { setTimeout as sleep } from 'node:timers/promises';
import { closeCodes } from '../common/protocol/device-frames.ts';
import { encodeFrame } from './core/frames.ts';
import type { Gateway, Link } from './gateway.ts';

const stepMs = 50;

/** How many times faster than planned devices are closed at the most, when this process was held up: the rest is closed late. */
const maxHaste = 2;

/** When each device is to leave, within which time, and what its close says. */
export interface Leaving {
  spreadMs: number;
  reason: string;
  /** From 0 to below 1, once for each device: when within the time it leaves. */
  random?: () => number;
}

/** Sends every device away, and ends what is left of the connections a second later. */
export async function drain(gateway: Gateway, spreadMs: number, random?: () => number): Promise<void> {
  const reason = 'this node is going away';
  await sendAway(gateway, gateway.all(), { spreadMs, reason, ...(random ? { random } : {}) });
  const end = performance.now() + 1_000;
  while (gateway.counts().all > 0 && performance.now() < end) await sleep(stepMs);
  for (const link of gateway.all()) link.wire.terminate();
}

/**
 * Closes these connections over `spreadMs`: each device is told when to come back, gets what comes in until then, and is
 * closed at its time, so that nodes see a stream of logins and not a burst. A node that stalls doesn't make good for it
 * in a burst either, within half as long again.
 */
export async function sendAway(
  gateway: Pick<Gateway, 'run'>,
  links: Link[],
  { spreadMs, reason, random = Math.random }: Leaving,
): Promise<void> {
  const leaving = links.map((link) => ({ link, after: Math.floor(random() * spreadMs) }));
  for (const { link, after } of leaving) {
    if (link.connection.who) gateway.run(link, [{ do: 'send', text: encodeFrame({ t: 'reconnect', after }) }]);
  }
  leaving.sort((left, right) => left.after - right.after);
  const start = performance.now();
  const perStep = Math.max(1, Math.ceil((maxHaste * leaving.length * stepMs) / Math.max(spreadMs, stepMs)));
  let next = 0;
  while (next < leaving.length) {
    const sinceMs = performance.now() - start;
    const until = sinceMs > 1.5 * spreadMs ? leaving.length : Math.min(next + perStep, leaving.length);
    while (next < until && leaving[next]!.after <= sinceMs) {
      const { link } = leaving[next++]!;
      gateway.run(link, link.connection.close(closeCodes.draining, reason));
    }
    if (next < leaving.length) await sleep(stepMs);
  }
}
