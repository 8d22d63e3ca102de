import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { expect } from '../../check.ts';
import type { ClientChecks } from '../context.ts';

const heartbeatMs = 2_000;
const observedMs = 8_000;
/** On a machine that is busy; with it, less than is observed. */
const slackMs = 2_500;
const lateMs = 4_000;

export const aliveChecks: ClientChecks = {
  async D140(context) {
    const { line } = await context.online();
    line.ping();
    await line.until('a WebSocket pong', () => line.pongs > 0);
  },
  async D141(context) {
    const { line } = await context.online({ heartbeat: heartbeatMs / 1_000 });
    const end = performance.now() + observedMs;
    let pingedAt = 0;
    while (performance.now() < end) {
      await sleep(25);
      // What came while this machine stood still is read before it is judged.
      await turn();
      expect(line.isOpen, 'it closed the connection');
      const silentMs = performance.now() - line.heardAt;
      // As a server does: a ping after 1.1 heartbeats, the end after 1.5.
      if (silentMs > 1.1 * heartbeatMs && pingedAt < line.heardAt) {
        pingedAt = performance.now();
        line.ping();
      }
      expect(
        silentMs < 1.5 * heartbeatMs + slackMs,
        `nothing came for ${Math.round(silentMs)} ms, 1.5 heartbeats are ${1.5 * heartbeatMs}`,
      );
    }
  },
  async D142(context) {
    const { line } = await context.online({ heartbeat: heartbeatMs / 1_000 });
    await context.status('connected');
    line.dumb = true;
    await context.server.next(1.5 * heartbeatMs + lateMs);
  },
};
