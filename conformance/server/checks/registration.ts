import { randomBytes } from 'node:crypto';
import type { ServerFrame, ServerFrames } from '../../../services/common/protocol/device-frames.ts';
import { expect, NotChecked } from '../../check.ts';
import type { ServerChecks, ServerContext } from '../context.ts';
import { type Device, registerFrame } from '../device.ts';

const minute = 60_000;

export const registrationChecks: ServerChecks = {
  async D20(context) {
    const device = await context.open();
    const { cid, token } = await device.register(context.target);
    expect(/^[0-9a-f]{32}$/.test(cid), `the cid is ${cid}`);
    expect(token.length > 0 && token.length <= 256, `the token has ${token.length} characters`);
  },
  async D21(context) {
    const frame = registerFrame(context.target);
    const other = frame.sign.startsWith('0') ? '1' : '0';
    await refused(context, { ...frame, sign: other + frame.sign.slice(1) });
  },
  async D22(context) {
    const wrong = await answerTo(context, { ...registerFrame(context.target), sign: '0'.repeat(64) });
    const unknown = await answerTo(context, registerFrame({ ...context.target, appId: `none_${context.tag}` }));
    const said = ({ error, close }: typeof wrong): string => `${error.code} "${error.message}", close ${close}`;
    expect(said(unknown) === said(wrong), `an unknown app: ${said(unknown)}; a wrong sign: ${said(wrong)}`);
  },
  async D23(context) {
    for (const off of [-6 * minute, 6 * minute, -24 * 60 * minute]) {
      await refused(context, registerFrame(context.target, { ts: Date.now() + off }), `${off / 1_000} s off: `);
    }
  },
  async D24(context) {
    for (const off of [-4 * minute, 4 * minute]) {
      const device = await context.open();
      device.send(registerFrame(context.target, { ts: Date.now() + off }));
      await device.next('registered');
    }
  },
  async D25(context) {
    const nonce = randomBytes(12).toString('hex');
    const first = await context.open();
    first.send(registerFrame(context.target, { nonce }));
    await first.next('registered');
    await refused(context, registerFrame(context.target, { nonce }));
  },
  async D26(context) {
    const device = await context.open();
    const one = await device.register(context.target);
    const other = await device.register(context.target);
    expect(one.cid !== other.cid && one.token !== other.token, `both got ${one.cid}`);
  },
  async D27(context) {
    const channel = { kind: 'webpush' as const, subscription: { endpoint: 'http://not.secure.example/' } };
    const device = await context.open();
    device.send(registerFrame(context.target, { channel }));
    const { code } = await device.next('error');
    const { code: close } = await device.closed();
    expect(code === 'bad_frame' && close === 4400, `it was answered ${code}, close ${close}`);
  },
  async D44(context) {
    await needAdditions(context);
    const nonce = randomBytes(12).toString('hex');
    const good = await context.open();
    good.send(registerFrame(context.target, { nonce }));
    const { cid } = await good.next('registered');
    const register = registerFrame(context.target);
    const frames = {
      clock: registerFrame(context.target, { ts: Date.now() - 60 * minute }),
      nonce: registerFrame(context.target, { nonce }),
      sign: { ...register, sign: '0'.repeat(64) },
      token: { t: 'login', appId: context.target.appId, cid, token: 'x', seq: 0 },
    };
    for (const [reason, frame] of Object.entries(frames)) {
      const answer = await firstAnswer(context, frame);
      // That it is refused at all is the matter of other rules.
      if (answer.t !== 'error') continue;
      const error = answer;
      const off = Math.abs((error.serverTime ?? 0) - Date.now());
      expect(error.reason === reason && off < 5 * minute, `${reason} was answered ${JSON.stringify(error)}`);
    }
  },
};

/** @throws NotChecked for a server of before, whose refusals have neither a reason nor a time */
export async function needAdditions(context: ServerContext): Promise<void> {
  context.run.additions ??= (async () => {
    const { error } = await answerTo(context, { ...registerFrame(context.target), sign: '0'.repeat(64) });
    return error.reason !== undefined || error.serverTime !== undefined;
  })();
  if (!(await context.run.additions)) throw new NotChecked('this server is of before the additions');
}

async function answerTo(
  context: ServerContext,
  frame: object,
): Promise<{ error: ServerFrames['error']; close: number }> {
  const device = await context.open();
  const error = await firstAnswer(context, frame, device);
  expect(error.t === 'error', `it was answered ${error.t}`);
  return { error, close: (await device.closed()).code };
}

async function firstAnswer(context: ServerContext, frame: object, opened?: Device): Promise<ServerFrame> {
  const device = opened ?? (await context.open());
  device.send(frame);
  return device.until('an answer', () => device.frames[0]);
}

async function refused(context: ServerContext, frame: object, about = ''): Promise<void> {
  const { error, close } = await answerTo(context, frame);
  const seen = `${about}it was answered ${error.code} "${error.message}", close ${close}`;
  expect(error.code === 'bad_credentials' && close === 4401, seen);
}
