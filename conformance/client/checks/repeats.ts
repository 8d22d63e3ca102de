import { expect } from '../../check.ts';
import type { ClientChecks, ClientContext } from '../context.ts';

const keptIds = 200;

/** What comes more than once, and positions that the server takes back. */
export const repeatChecks: ClientChecks = {
  async D126(context) {
    const { line } = await context.online();
    await context.command('hold');
    line.send(context.push('one', { seq: 5 }));
    await context.pushEvent('one');
    line.cut();
    const { line: next } = await context.enter();
    next.send(context.push('one', { seq: 5 }));
    await context.command('release');
    next.send(context.push('fence', { seq: 6 }));
    await gotOnce(context, ['one', 'fence']);
  },
  async D127(context) {
    const { line } = await context.online();
    line.send(context.push('one', { seq: 5 }));
    await line.acked('seq', 5);
    const { line: next } = await context.restart();
    next.send(context.push('covered', { seq: 5 }));
    next.send(context.push('older', { seq: 2 }));
    next.send(context.push('fence', { seq: 6 }));
    await gotOnce(context, ['one', 'fence']);
  },
  D128: {
    limitMs: 60_000,
    async run(context) {
      const { line } = await context.online({ window: 999 });
      for (let seq = 1; seq <= keptIds; seq++) line.send(context.push(`m${seq}`, { seq }));
      await line.acked('seq', keptIds, 40_000);
      await context.pushEvent(`m${keptIds}`);
      await context.command('stop');
      context.forget();
      await context.start();
      const { line: next } = await context.enter();
      const known = ['m1', `m${keptIds}`];
      for (const [index, name] of known.entries()) next.send(context.push(name, { seq: 1_001 + index }));
      next.send(context.push('fence', { seq: 1_003 }));
      await context.pushEvent('fence');
      const again = known.filter((name) => context.given.includes(name));
      expect(again.length === 0, `the app got ${again.join()} again`);
    },
  },
  async D129(context) {
    const { line } = await context.online();
    line.send(context.push('one', { seq: 5 }));
    await line.acked('seq', 5);
    line.send(context.push('one', { seq: 6 }));
    await line.acked('seq', 6);
  },
  async D132(context) {
    const { line } = await context.online();
    line.send(context.push('all', { bseq: 10 }));
    await context.pushEvent('all');
    await line.acked('bseq', 10);
    line.cut();
    const { line: next } = await context.enter();
    next.send(context.push('all', { bseq: 10 }));
    next.send(context.push('fence', { bseq: 11 }));
    await gotOnce(context, ['all', 'fence']);
  },
  async D133(context) {
    const { line } = await context.online();
    line.send(context.push('all', { bseq: 10 }));
    await line.acked('bseq', 10);
    const { line: next } = await context.restart();
    next.send(context.push('covered', { bseq: 9 }));
    next.send(context.push('fence', { bseq: 11 }));
    await gotOnce(context, ['all', 'fence']);
  },
  async D134(context) {
    const { line } = await context.online();
    line.send(context.push('old', { seq: 50 }));
    await line.acked('seq', 50);
    await context.command('stop');
    await context.start();
    const next = await doubted(context, 'seq', {});
    next.send(context.push('old', { seq: 3 }));
    next.send(context.push('new', { seq: 4 }));
    await gotOnce(context, ['old', 'new']);
    await next.acked('seq', 4);
    const { login } = await context.restart();
    expect(login.seq === 4, `the login after it says ${login.seq}, the last finished is 4`);
  },
  async D135(context) {
    const { line } = await context.online();
    line.send(context.push('old', { bseq: 90 }));
    await line.acked('bseq', 90);
    await context.command('stop');
    await context.start();
    const next = await doubted(context, 'bseq', { bseq: 20 });
    next.send(context.push('new', { bseq: 21 }));
    await gotOnce(context, ['old', 'new']);
    await next.acked('bseq', 21);
    const { login } = await context.restart();
    expect(login.bseq === 21, `the login after it says ${login.bseq}, the last finished is 21`);
  },
};

/** The next login is told that its position can't be, and let in. */
async function doubted(context: ClientContext, field: 'seq' | 'bseq', welcome: { bseq?: number }) {
  const line = await context.server.next();
  await line.next('login');
  line.send({ t: 'error', code: 'bad_position', message: `${field}: is beyond the highest`, field });
  const whole = { t: 'welcome', session: 's', heartbeat: 30, serverTime: Date.now(), window: 32, bseq: 0, ...welcome };
  line.send(whole);
  return line;
}

/** Waits for the last of them: what came before it has reached the app by then, if at all. */
async function gotOnce(context: ClientContext, names: string[]): Promise<void> {
  await context.pushEvent(names.at(-1)!);
  expect(context.given.join() === names.join(), `the app got ${context.given.join()}, right is ${names.join()}`);
}
