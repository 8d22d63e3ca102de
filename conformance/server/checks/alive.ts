import { setTimeout as sleep } from 'node:timers/promises';
import { expect, NotChecked } from '../../check.ts';
import type { ServerChecks, ServerContext } from '../context.ts';

const slackMs = 4_000;
/** What of them takes longer is left to --slow. */
export const patienceMs = 80_000;
const limitMs = 15 * 60_000;

export const aliveChecks: ServerChecks = {
  async D45(context) {
    const device = await context.open();
    device.send({ t: 'ping' });
    await device.next('pong');
    await device.login(context.target.appId, await device.register(context.target));
    device.send({ t: 'ping' });
    await device.next('pong');
  },
  async D46(context) {
    const { device } = await context.online();
    for (const payload of ['', 'Longwire', 'x'.repeat(125)]) {
      device.ping(payload);
      await device.pong(payload);
    }
  },
  D47: {
    waits: true,
    limitMs,
    async run(context) {
      mindPatience(context);
      const { device } = await context.online({ dumb: true });
      const from = performance.now();
      const wanted = 1.5 * context.run.heartbeatMs;
      const { code, at } = await device.closed(wanted + slackMs);
      expect(code === 4408, `it closed ${code}`);
      expect(Math.abs(at - from - wanted) < slackMs, `it closed after ${Math.round(at - from)} ms`);
    },
  },
  D48: {
    waits: true,
    limitMs,
    async run(context) {
      mindPatience(context);
      const { device } = await context.online();
      const { heartbeatMs } = context.run;
      const from = performance.now();
      await device.until('a WebSocket ping', () => device.pings > 0, 1.1 * heartbeatMs + slackMs);
      const after = performance.now() - from;
      expect(after > 0.9 * heartbeatMs, `it came after ${Math.round(after)} ms`);
      await sleep(Math.max(0, 1.5 * heartbeatMs + slackMs / 2 - after));
      await device.alive();
    },
  },
};

function mindPatience({ run: { heartbeatMs, slow } }: ServerContext): void {
  if (slow || 1.5 * heartbeatMs + slackMs < patienceMs) return;
  throw new NotChecked(`its heartbeat is ${heartbeatMs / 1_000} s: --slow waits for it`);
}
