import { setTimeout as sleep } from 'node:timers/promises';
import { expect, NotChecked } from '../../check.ts';
import type { ClientChecks, ClientContext } from '../context.ts';

/** Bounds of waits, ms: 40, 80, 160, 320, and 640 from the fifth on. */
const tuning = { minBackoffMs: 40, maxBackoffMs: 640 };
const rounds = 13;
const early = 3;
/** From here on every wait is random up to the most: of eight such, the mean is under this in one of a million runs. */
const late = 5;
const leastMean = 60;
/** On a machine that is busy. */
const slackMs = 1_000;
/** On one that stands still for a moment. */
const stallMs = 3_000;
const longLimitMs = 45_000;
const stableMs = 31_000;

export const backoffChecks: ClientChecks = {
  D162: {
    limitMs: longLimitMs,
    async run(context) {
      const waits = await waitsOf(context);
      expect(grow(waits), `the waits were ${shown(waits)}`);
    },
  },
  D163: {
    limitMs: longLimitMs,
    async run(context) {
      const waits = (await waitsOf(context)).slice(late);
      if (mean(waits) < leastMean) throw new NotChecked('there are no waits to speak of');
      const spread = Math.max(...waits) - Math.min(...waits);
      expect(spread > 0.1 * tuning.maxBackoffMs, `the late waits were ${shown(waits)}`);
    },
  },
  D164: {
    limitMs: longLimitMs,
    async run(context) {
      const waits = await waitsOf(context);
      const most = Math.max(...waits);
      expect(most < tuning.maxBackoffMs + stallMs, `the most is ${tuning.maxBackoffMs}, and it waited ${shown(waits)}`);
    },
  },
  D165: {
    limitMs: longLimitMs,
    async run(context) {
      await context.start(tuning);
      const waits: number[] = [];
      let cutAt: number | undefined;
      for (let round = 0; round < rounds; round++) {
        const { line } = await context.enter();
        if (cutAt !== undefined) waits.push(line.openedAt - cutAt);
        // Until it has heard of the welcome.
        line.ping();
        await line.until('a pong', () => line.pongs > 0);
        line.cut();
        cutAt = performance.now();
      }
      expect(grow(waits), `after a welcome each the waits were ${shown(waits)}`);
    },
  },
  D166: {
    slow: true,
    limitMs: 90_000,
    async run(context) {
      context.server.refusing = true;
      await context.start({ minBackoffMs: 20, maxBackoffMs: 8_000 });
      await context.server.until('nine tries', () => context.server.attempts.length >= 9, 30_000);
      context.server.refusing = false;
      const line = await context.server.next(30_000);
      await line.enter({ ...context.identity, welcome: {} });
      await sleep(stableMs);
      line.cut();
      const cutAt = performance.now();
      const next = await context.server.next(9_000 + slackMs);
      const waitedMs = Math.round(next.openedAt - cutAt);
      expect(waitedMs < slackMs, `it waited ${waitedMs} ms, the first bound is 20`);
    },
  },
};

/** Waits between tries that are all refused; of one SDK once. */
function waitsOf(context: ClientContext): Promise<number[]> {
  context.run.waits ??= measured(context);
  return context.run.waits;
}

async function measured(context: ClientContext): Promise<number[]> {
  const { server } = context;
  server.refusing = true;
  await context.start(tuning);
  await server.until(`${rounds} tries`, () => server.attempts.length >= rounds, longLimitMs - 5_000);
  return server.attempts.slice(1, rounds).map((at, index) => at - server.attempts[index]!);
}

/** Of the first ones that in the middle: a machine that stood still for a moment makes one of them long. */
function grow(waits: number[]): boolean {
  const first = waits.slice(0, early).sort((one, other) => one - other)[Math.floor(early / 2)]!;
  const last = mean(waits.slice(late));
  return last > leastMean && last > 1.2 * first;
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function shown(waits: number[]): string {
  return `${waits.map((wait) => Math.round(wait)).join(', ')} ms`;
}
