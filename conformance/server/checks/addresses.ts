import { randomInt } from 'node:crypto';
import { Broken, expect, NotChecked } from '../../check.ts';
import type { OverRate, ServerChecks, ServerContext } from '../context.ts';
import { Refused, registerFrame } from '../device.ts';

/** Registrations with a wrong sign, connections of one address, and connections in all, that are made at the most. */
const maxWrong = 150;
const maxOfAddress = 6_000;
const maxFill = 1_000;
const atOnce = 20;

/** Limits by address, reached from addresses of loopback that nobody else comes from. */
export const addressChecks: ServerChecks = {
  D19: {
    alone: true,
    limitMs: 120_000,
    async run(context) {
      const room = await context.operator.room();
      if (room > maxFill)
        throw new NotChecked(`it takes ${room} devices, the kit brings ${maxFill}: cm.maxConnections`);
      // The cms share a port: one of them is full before all are.
      const full = await refusalOf(room + atOnce, () => context.open());
      await context.end();
      expectRetry(full, 503, `a node that is full`);
      await needLimits(context);
      const from = ownAddress();
      const often = await refusalOf(maxOfAddress, async () => (await context.open({ from })).cut());
      expectRetry(often, 429, `an address that connects too often`);
    },
  },
  async D28(context) {
    const answer = await needLimits(context);
    const seen = `it was answered ${answer.code}, close ${answer.close}, reconnect after ${String(answer.after)}`;
    expect(answer.code === 'rate_limited' && answer.close === 4429 && (answer.after ?? 0) > 0, seen);
  },
};

/** @throws NotChecked where they can't be reached without harm */
async function needLimits(context: ServerContext): Promise<NonNullable<OverRate>> {
  const { hostname } = new URL(context.target.url);
  if (hostname !== 'localhost' && !hostname.startsWith('127.')) {
    throw new NotChecked('it would lock this machine out of the server');
  }
  context.run.overRate ??= overRate(context, ownAddress());
  const answer = await context.run.overRate;
  if (answer === undefined) throw new NotChecked('this server limits no address of loopback: cm.addressLimitExempt');
  return answer;
}

/** Registers wrongly from one address until that is answered otherwise than the first time. */
async function overRate(context: ServerContext, from: string): Promise<OverRate> {
  for (let count = 0; count < maxWrong; count++) {
    const device = await context.open({ from });
    device.send({ ...registerFrame(context.target), sign: '0'.repeat(64) });
    const { code } = await device.next('error');
    const { code: close } = await device.closed();
    const after = device.frames.flatMap((frame) => (frame.t === 'reconnect' ? [frame.after] : []))[0];
    if (code !== 'bad_credentials' || close !== 4401) return { code, close, after };
  }
  return undefined;
}

/** Opens connections until one is refused. */
async function refusalOf(most: number, open: () => Promise<unknown>): Promise<Refused | undefined> {
  for (let opened = 0; opened < most; opened += atOnce) {
    const results = await Promise.allSettled(Array.from({ length: atOnce }, open));
    for (const result of results) {
      if (result.status === 'fulfilled') continue;
      if (result.reason instanceof Refused) return result.reason;
      throw result.reason;
    }
  }
  return undefined;
}

function expectRetry(refusal: Refused | undefined, status: number, who: string): void {
  if (refusal === undefined) throw new Broken(`${who}: every upgrade was accepted`);
  const seen = `${who} was answered ${refusal.status}, Retry-After ${refusal.retryAfter}`;
  expect(refusal.status === status && refusal.retryAfter > 0, seen);
}

/** One that no other run has used, in all likelihood. */
function ownAddress(): string {
  return `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
}
