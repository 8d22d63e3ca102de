import { setTimeout as sleep } from 'node:timers/promises';
import { expect, NotChecked } from '../../check.ts';
import type { ClientChecks, ClientContext } from '../context.ts';
import type { Line } from '../scripted-server.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;
const storedMs = 500;

export const additionChecks: ClientChecks = {
  async D180(context) {
    await context.start();
    const line = await context.server.next();
    await line.next('register');
    refuse(line, 'clock', Date.now() + hourMs);
    const { ts } = await (await context.server.next()).next('register');
    const offMs = Math.abs(ts - (Date.now() + hourMs));
    expect(offMs < minuteMs, `its ts is ${Math.round(offMs / 1_000)} s off the server's time`);
  },
  async D181(context) {
    await context.start();
    const line = await context.server.next();
    const { nonce } = await line.next('register');
    refuse(line, 'nonce');
    const next = await (await context.server.next()).next('register');
    expect(next.nonce !== nonce, `it registered with the nonce ${nonce} again`);
  },
  async D182(context) {
    await context.online();
    await context.status('connected');
    await context.command('stop');
    context.forget();
    await context.start();
    const line = await context.server.next();
    await line.next('login');
    refuse(line, 'token');
    const next = await context.server.next();
    await next.next('register');
    next.send({ t: 'registered', cid: 'f'.repeat(32), token: 'other' });
    await next.next('login');
    refuse(next, 'token');
    await context.staysAway();
  },
  async D183(context) {
    const { line, task, id } = await withEvent(context);
    line.cut();
    const { line: next } = await context.enter();
    await next.next('event', undefined, (frame) => frame.id === id && frame.task === task);
    next.answersEvents = true;
    for (const { rid } of next.of('event')) next.send({ t: 'ok', rid });
    next.send(context.push('fence', { seq: 2 }));
    await next.acked('seq', 2);
    next.cut();
    const { line: last } = await context.enter();
    last.send(context.push('last', { seq: 3 }));
    await last.acked('seq', 3);
    expect(last.of('event').length === 0, 'it was answered, and came again on the next connection');
  },
  async D184(context) {
    const { line: before, id } = await withEvent(context);
    // It was told to the server already: what is not stored in the same moment isn't lost. On a slow disk a message takes longer, too.
    before.send(context.push('fence', { seq: 2 }));
    await before.acked('seq', 2);
    await sleep(storedMs);
    await context.crash();
    await context.start();
    const { line } = await context.enter();
    await line.next('event', undefined, (frame) => frame.id === id);
  },
  async D185(context) {
    const { line } = await context.online();
    await context.status('connected');
    for (const token of ['fcm:one', null]) {
      const asked = context.asked('channel', { kind: 'fcm', token });
      const sent = line.next('channel');
      sent.catch(() => {});
      const refused = await Promise.race([sent.then(() => undefined), asked]);
      if (refused?.code === 'bad_command') throw new NotChecked('this harness has no such command');
      const { rid, kind, subscription } = await sent;
      const right = JSON.stringify(token === null ? null : { token });
      expect(kind === 'fcm' && JSON.stringify(subscription) === right, `${kind} ${JSON.stringify(subscription)} came`);
      line.send({ t: 'ok', rid });
      expect((await asked).ok, 'ok was answered, and the call failed');
    }
  },
};

function refuse(line: Line, reason: string, serverTime = Date.now()): void {
  line.send({ t: 'error', code: 'bad_credentials', message: `refused: ${reason}`, reason, serverTime });
  line.close(4401);
}

/** An event that was sent and has no answer. @throws NotChecked of an SDK that wants none */
async function withEvent(context: ClientContext) {
  const { line } = await context.online();
  line.answersEvents = false;
  line.send(context.push('one', { seq: 1 }));
  const { task, id } = await context.pushEvent('one');
  await line.acked('seq', 1);
  await context.command('event', { task, id, action: 'clicked' });
  const { rid } = await line.next('event');
  if (rid === undefined) throw new NotChecked('this SDK sends events without a rid, and wants no answer');
  return { line, task, id };
}
