import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '../../check.ts';
import type { ClientChecks, ClientContext } from '../context.ts';

const afterMs = 1_200;
const toleranceMs = 60;
const refusedMs = 2_500;
const mostTries = 15;

export const closeChecks: ClientChecks = {
  async D150(context) {
    const { line } = await context.online();
    line.cut();
    await context.comesBack();
  },
  D151: (context) => comesBackAfter(context, 4400),
  async D152(context) {
    await context.online();
    await context.status('connected');
    await context.command('stop');
    context.forget();
    await context.start();
    const line = await context.server.next();
    await line.next('login');
    line.send({ t: 'error', code: 'bad_credentials', message: 'token does not fit appId and cid' });
    line.close(4401);
    const next = context.server.next().then(async (later) => {
      await later.until('its first frame', () => later.frames.length > 0);
      const { t } = later.frames[0]!.frame;
      expect(t === 'register', `it came back with a ${t}`);
    });
    await Promise.any([next, context.status('stopped')]).catch((error: AggregateError) => {
      throw error.errors[0];
    });
  },
  async D153(context) {
    await context.start({ minBackoffMs: 100, maxBackoffMs: 2_000 });
    // Counted from the first try: a busy machine may take its time for that.
    const from = await context.server.until('a try', () => context.server.attempts[0]);
    const refuse = (async () => {
      for (;;) {
        const line = await context.server.next(refusedMs);
        void line.next('register').then(
          () => {
            line.send({ t: 'error', code: 'bad_credentials', message: 'appId or sign is wrong' });
            line.close(4401);
          },
          () => {},
        );
      }
    })();
    refuse.catch(() => {});
    await sleep(refusedMs);
    const tries = context.server.attempts.filter((at) => at - from < refusedMs).length;
    expect(tries >= 1 && tries <= mostTries, `it tried ${tries} times in ${refusedMs} ms`);
  },
  async D154(context) {
    const { line } = await context.online();
    line.cut();
    const next = await context.server.next();
    await next.next('login');
    context.forget();
    next.send({ t: 'error', code: 'forbidden', message: 'the device is blacklisted' });
    next.close(4403);
    await context.staysAway();
  },
  D155: (context) => comesBackAfter(context, 4408),
  async D156(context) {
    const { line } = await context.online();
    await context.status('connected');
    line.send({ t: 'kick', reason: 'replaced' });
    line.close(4409);
    await context.staysAway();
  },
  D157: (context) => comesBackAfter(context, 4413),
  D158: (context) => comesBackAfter(context, 4429),
  D159: (context) => comesBackAfter(context, 4503),
  async D160(context) {
    const { line } = await context.online();
    await context.status('connected');
    const told = performance.now();
    line.send({ t: 'reconnect', after: afterMs });
    await sleep(afterMs / 4);
    line.close(4503);
    const next = await context.comesBack();
    const cameMs = Math.round(next.openedAt - told);
    expect(cameMs >= afterMs - toleranceMs, `it was told ${afterMs} ms, and came after ${cameMs}`);
    await sleep(afterMs / 2);
    expect(context.server.attempts.length === 2, `it came ${context.server.attempts.length - 1} times`);
  },
  async D161(context) {
    const { line } = await context.online();
    await context.status('connected');
    line.send({ t: 'reconnect', after: 800 });
    line.send(context.push('late', { seq: 1 }));
    await context.pushEvent('late');
    line.close(4503);
    await context.enter();
  },
  async D167(context) {
    await context.online();
    await context.status('connected');
    for (const end of ['cut', 'close', 'reconnect']) {
      const before = context.server.lines.at(-1)!;
      if (end === 'cut') before.cut();
      else if (end === 'close') before.close(4503);
      else before.send({ t: 'reconnect', after: 100 });
      if (end === 'reconnect') {
        await sleep(200);
        if (before.isOpen) before.close(4503);
      }
      await context.enter();
      expect(!before.isOpen, `after a ${end} it logged in on another connection while it held the one before`);
    }
    await sleep(300);
    const open = context.server.lines.filter((line) => line.isOpen).length;
    expect(open === 1, `it holds ${open} connections`);
  },
  async D168(context) {
    await context.start();
    const line = await context.server.next();
    await line.next('register');
    const told = performance.now();
    line.send({ t: 'reconnect', after: afterMs });
    line.send({ t: 'error', code: 'rate_limited', message: 'too many tries, come back later' });
    line.close(4429);
    const next = await context.server.next();
    const cameMs = Math.round(next.openedAt - told);
    expect(cameMs >= afterMs - toleranceMs, `it was told ${afterMs} ms, and came after ${cameMs}`);
  },
};

async function comesBackAfter(context: ClientContext, code: number): Promise<void> {
  const { line } = await context.online();
  await context.status('connected');
  line.close(code);
  await context.comesBack();
}
