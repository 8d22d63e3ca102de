import { expect } from '../../check.ts';
import type { ClientChecks } from '../context.ts';

export const callChecks: ClientChecks = {
  async D170(context) {
    const { line } = await context.online();
    await context.status('connected');
    for (const op of ['bind', 'unbind'] as const) {
      const asked = context.asked('alias', { op, alias: 'demo_user' });
      const frame = await line.next('alias');
      expect(frame.op === op && frame.alias === 'demo_user', JSON.stringify(frame));
      line.send({ t: 'ok', rid: frame.rid });
      const { ok } = await asked;
      expect(ok, `ok was answered, and ${op} failed`);
    }
  },
  async D171(context) {
    const { line } = await context.online();
    await context.status('connected');
    const asked = context.asked('alias', { op: 'bind', alias: 'not an alias' });
    const { rid } = await line.next('alias');
    line.send({ t: 'error', code: 'bad_frame', message: 'alias: has a space', rid });
    const { ok, code } = await asked;
    expect(!ok && typeof code === 'string', 'an error was answered, and the call was a success');
    expect(line.isOpen, 'it closed the connection');
  },
  async D172(context) {
    const { line } = await context.online();
    await context.status('connected');
    for (const set of [['vip', '北京'], ['vip'], []]) {
      const asked = context.asked('tags', { set });
      const frame = await line.next('tags');
      expect(frame.set.join() === set.join(), `asked were ${set.join()}, sent ${frame.set.join()}`);
      line.send({ t: 'ok', rid: frame.rid });
      expect((await asked).ok, 'ok was answered, and the call failed');
    }
  },
  async D173(context) {
    const { line } = await context.online();
    await context.status('connected');
    const first = context.asked('alias', { op: 'bind', alias: 'first' });
    const { rid: one } = await line.next('alias');
    const second = context.asked('tags', { set: ['second'] });
    const { rid: two } = await line.next('tags');
    expect(one !== two, `both have the rid ${JSON.stringify(one)}`);
    line.send({ t: 'ok', rid: two });
    line.send({ t: 'error', code: 'unavailable', message: 'try again later', rid: one });
    const [failed, done] = [await first, await second];
    expect(!failed.ok && done.ok, `the first is ${failed.ok}, the second ${done.ok}: they were answered the other way`);
  },
  async D174(context) {
    const { line } = await context.online();
    line.send(context.push('one', { seq: 1 }));
    const { task, id } = await context.pushEvent('one');
    for (const action of ['shown', 'clicked', 'custom:90001']) {
      await context.command('event', { task, id, action });
      const frame = await line.next('event');
      expect(frame.task === task && frame.id === id && frame.action === action, JSON.stringify(frame));
    }
  },
  async D175(context) {
    const { line } = await context.online();
    line.send(context.push('one', { seq: 1 }));
    const { task, id } = await context.pushEvent('one');
    await line.acked('seq', 1);
    context.server.refusing = true;
    line.cut();
    await context.status('waiting');
    await context.command('event', { task, id, action: 'clicked' });
    context.server.refusing = false;
    const { line: next } = await context.enter();
    const frame = await next.next('event');
    expect(frame.id === id && frame.action === 'clicked', JSON.stringify(frame));
  },
  async D176(context) {
    const { line } = await context.online();
    await context.status('connected');
    const logout = context.command('logout');
    await line.next('logout');
    line.close(1000);
    await logout;
    await context.staysAway();
  },
  async D177(context) {
    const { line } = await context.online();
    await context.status('connected');
    await context.command('stop');
    await line.until('the end of the connection', () => line.closedAt !== undefined);
    expect(line.of('logout').length === 0, 'it sent a logout');
  },
};
