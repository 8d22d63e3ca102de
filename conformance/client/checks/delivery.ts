import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '../../check.ts';
import type { ClientChecks } from '../context.ts';

const noAckMs = 500;

export const deliveryChecks: ClientChecks = {
  async D120(context) {
    const { line } = await context.online();
    const notification = { title: 'ünïcode 推送 🚚', body: 'b', clickType: 'none' };
    line.send(context.push('notification', { seq: 1 }, { notification }));
    line.send(context.push('transmission', { seq: 2 }, { transmission: '{"order":2041}' }));
    line.send(context.push('revoke', { seq: 3 }, { revoke: { task: context.taskOf('notification'), force: false } }));
    for (const kind of ['notification', 'transmission', 'revoke']) {
      const event = await context.pushEvent(kind);
      expect(event.kind === kind && event.id === context.idOf(kind), `${kind} came as ${JSON.stringify(event)}`);
    }
  },
  async D121(context) {
    const { line } = await context.online({ window: 64 });
    const names = Array.from({ length: 30 }, (_, index) => `m${index}`);
    for (const [index, name] of names.entries()) line.send(context.push(name, { seq: 10 + 3 * index }));
    await context.pushEvent(names.at(-1)!);
    const first = context.given.filter((name, index, all) => all.indexOf(name) === index);
    expect(first.join() === names.join(), `the app got ${first.join()}`);
  },
  async D122(context) {
    const { line } = await context.online();
    for (const seq of [3, 4, 8]) line.send(context.push(`m${seq}`, { seq }));
    await line.acked('seq', 8);
    line.send(context.push('m9', { seq: 9 }));
    await line.acked('seq', 9);
  },
  async D123(context) {
    const { line } = await context.online();
    await context.command('hold');
    line.send(context.push('held', { seq: 5 }));
    await context.pushEvent('held');
    await sleep(noAckMs);
    const early = line.of('ack').find(({ seq = 0 }) => seq >= 5);
    expect(early === undefined, () => `${JSON.stringify(early)} came while the app had it in hand`);
    await context.command('release');
    await line.acked('seq', 5);
  },
  async D124(context) {
    const { line } = await context.online();
    const seqs = [10, 20, 30];
    for (const seq of seqs) line.send(context.push(`m${seq}`, { seq }));
    await line.acked('seq', 30);
    for (const { seq = 0, bseq } of line.of('ack')) {
      const beyond = seq > 30 || bseq !== undefined;
      expect(!beyond, `the highest seq sent was 30, and it acknowledged ${JSON.stringify({ seq, bseq })}`);
      // The app's own account of it comes another way, maybe a moment later.
      for (const covered of seqs.filter((one) => one <= seq)) await context.pushEvent(`m${covered}`);
    }
  },
  async D125(context) {
    const { line } = await context.online();
    line.send(context.push('one', { seq: 5 }));
    await line.acked('seq', 5);
    await context.crash();
    await context.start();
    const { login } = await context.enter();
    expect(login.seq >= 5, `it had acknowledged 5, and after the crash its login says ${login.seq}`);
  },
  async D130(context) {
    const { line } = await context.online();
    line.send(context.push('done', { seq: 4 }));
    await line.acked('seq', 4);
    await context.command('hold');
    line.send(context.push('lost', { seq: 5 }));
    await context.pushEvent('lost');
    // For an SDK that would store it all the same.
    await sleep(noAckMs);
    await context.crash();
    context.forget();
    await context.command('release');
    await context.start();
    const { line: next, login } = await context.enter();
    expect(login.seq < 5, `its login says ${login.seq}, and the app had 5 in hand when it crashed`);
    next.send(context.push('lost', { seq: 5 }));
    await context.pushEvent('lost');
  },
  async D131(context) {
    const { line } = await context.online();
    line.send(context.push('once', {}));
    await context.pushEvent('once');
    line.send(context.push('fence', { seq: 3 }));
    await line.acked('seq', 3);
    const other = line.of('ack').find(({ seq = 0, bseq }) => seq < 3 || bseq !== undefined);
    expect(other === undefined, () => `it sent ${JSON.stringify(other)}`);
  },
  async D136(context) {
    await context.start();
    const line = await context.server.next();
    await line.next('register');
    line.send({ t: 'registered', ...context.identity });
    await line.next('login');
    line.send(context.push('early', { seq: 1 }));
    line.send({ t: 'welcome', session: 's', heartbeat: 30, serverTime: Date.now(), window: 32, bseq: 0 });
    line.send(context.push('late', { seq: 2 }));
    await context.pushEvent('late');
    if (context.given.includes('early')) return;
    // Not taken is as good, if it isn't covered: it comes again then.
    expect(!line.of('ack').some(({ seq = 0 }) => seq >= 1), 'the app did not get it, and an ack covered it');
  },
};
