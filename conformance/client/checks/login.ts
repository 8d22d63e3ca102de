import { createHmac } from 'node:crypto';
import { subprotocol } from '../../../services/common/protocol/device-frames.ts';
import { expect } from '../../check.ts';
import type { ClientChecks } from '../context.ts';

export const loginChecks: ClientChecks = {
  async D101(context) {
    const { line } = await context.online();
    expect(line.protocols.includes(subprotocol), `it offered ${line.protocols.join() || 'none'}`);
  },
  async D103(context) {
    const later = { later: { version: 2 } };
    const { line } = await context.online({ ...later } as object);
    line.send({ ...context.push('one', { seq: 1 }), ...later });
    await context.pushEvent('one');
  },
  async D104(context) {
    const { line } = await context.online();
    line.send({ t: 'later', what: [1, 2] });
    line.send(context.push('one', { seq: 1 }));
    await context.pushEvent('one');
    expect(line.isOpen, 'it closed the connection');
  },
  async D110(context) {
    const { register } = await context.online();
    expect(register !== undefined, 'it did not register');
    const { appId, ts, nonce, sign } = register;
    expect(appId === context.app.appId, `its appId is ${appId}`);
    const text = `${appId}\n${ts}\n${nonce}`;
    const right = createHmac('sha256', context.app.appSecret).update(text).digest('hex');
    expect(sign === right, `over ${JSON.stringify(text)} the sign was ${sign}, right is ${right}`);
  },
  async D111(context) {
    const { register } = await context.online();
    const off = Math.abs((register?.ts ?? 0) - Date.now());
    expect(off < 60_000, `it is ${Math.round(off / 1_000)} s off`);
  },
  async D112(context) {
    const nonces: (string | undefined)[] = [];
    for (let round = 0; round < 3; round++) {
      nonces.push((await context.online()).register?.nonce);
      await context.command('stop');
      context.newFolder();
    }
    expect(!nonces.includes(undefined), 'a device without a state did not register');
    expect(new Set(nonces).size === nonces.length, `the nonces are ${nonces.join(', ')}`);
  },
  async D113(context) {
    const { login } = await context.online();
    const { cid, token } = context.identity;
    expect(login.cid === cid && login.token === token, `it logged in as ${login.cid}`);
    expect(login.appId === context.app.appId && login.seq === 0, `appId ${login.appId}, seq ${login.seq}`);
    expect(context.server.lines.length === 1, 'it made another connection to log in');
  },
  async D114(context) {
    await context.online();
    await context.status('connected');
    const { register, login } = await context.restart();
    expect(register === undefined, 'it registered anew');
    expect(login.cid === context.identity.cid && login.token === context.identity.token, `as ${login.cid}`);
  },
  async D115(context) {
    await context.online();
    await context.cidEvent();
    await context.crash();
    await context.start();
    await context.comesBack();
  },
  async D116(context) {
    const { line } = await context.online();
    line.send(context.push('one', { seq: 5 }));
    line.send(context.push('two', { seq: 9 }));
    await line.acked('seq', 9);
    const { login } = await context.restart();
    expect(login.seq === 9, `it had acknowledged 9, and its login says ${login.seq}`);
  },
  async D117(context) {
    const { line } = await context.online({ bseq: 40 });
    line.send(context.push('one', { bseq: 50 }));
    await line.acked('bseq', 50);
    const { login } = await context.restart({ bseq: 60 });
    expect(login.bseq === 50, `it had acknowledged 50, and its login says ${login.bseq}`);
  },
  async D118(context) {
    const { line } = await context.online({ bseq: 77 });
    await context.status('connected');
    // What is acknowledged is stored, and so is what came before it.
    line.send(context.push('one', { seq: 1 }));
    await line.acked('seq', 1);
    const { login } = await context.restart({ bseq: 99 });
    expect(login.bseq === 77, `the first welcome said 77, its login says ${login.bseq}`);
  },
};
