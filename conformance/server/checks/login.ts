import { expect } from '../../check.ts';
import type { ServerChecks } from '../context.ts';
import type { Device } from '../device.ts';

/** A position that no server has reached. */
const beyond = Number.MAX_SAFE_INTEGER;
const loginMs = 10_000;
const blacklistMs = 5_000;

export const loginChecks: ServerChecks = {
  async D30(context) {
    const { welcome } = await context.online();
    const off = Math.abs(Date.now() - welcome.serverTime);
    expect(off < 5 * 60_000, `serverTime is ${Math.round(off / 1_000)} s off`);
    const { session, heartbeat, window } = welcome;
    expect(session !== '' && heartbeat >= 1 && window >= 1, JSON.stringify(welcome));
  },
  async D31(context) {
    const registrar = await context.open();
    const owner = await registrar.register(context.target);
    const other = await registrar.register(context.target);
    const { appId } = context.target;
    for (const login of [
      { appId, cid: owner.cid, token: other.token },
      { appId: `none_${context.tag}`, ...owner },
      { appId, cid: owner.cid, token: 'x' },
    ]) {
      const thief = await context.open();
      thief.send({ t: 'login', seq: 0, ...login });
      const { code } = await thief.next('error');
      const { code: close } = await thief.closed();
      expect(code === 'bad_credentials' && close === 4401, `it was answered ${code}, close ${close}`);
    }
  },
  async D32(context) {
    const { device, credentials, cid } = await context.online();
    await context.upstream.call('POST', `/user/black/cid/${cid}`);
    try {
      const { reason } = await device.next('kick', blacklistMs);
      const { code } = await device.closed();
      expect(reason === 'blacklisted' && code === 4403, `kick ${reason}, close ${code}`);
      const back = await context.open();
      back.send({ t: 'login', appId: context.target.appId, ...credentials, seq: 0 });
      const error = await back.next('error');
      const { code: close } = await back.closed();
      expect(error.code === 'forbidden' && close === 4403, `its login was answered ${error.code}, close ${close}`);
    } finally {
      await context.upstream.call('DELETE', `/user/black/cid/${cid}`);
    }
  },
  async D34(context) {
    const { device, welcome } = await context.online();
    expect(welcome.t === 'welcome', 'no welcome');
    await device.alive();
  },
  async D35(context) {
    const device = await context.open();
    const frames = [
      { t: 'ack', seq: 0 },
      { t: 'alias', rid: 'early', op: 'bind', alias: 'early' },
      { t: 'tags', rid: 7, set: [] },
      { t: 'logout' },
    ];
    for (const frame of frames) {
      device.send(frame);
      const { code, rid } = await device.next('error');
      const wanted = 'rid' in frame ? frame.rid : undefined;
      expect(code === 'not_logged_in' && rid === wanted, `${frame.t}: ${code}, rid ${JSON.stringify(rid)}`);
    }
    await device.alive();
  },
  D36: {
    waits: true,
    limitMs: 30_000,
    async run(context) {
      const device = await context.open();
      const from = performance.now();
      const { code, at } = await device.closed(2 * loginMs);
      expect(code === 4408, `it closed ${code}`);
      const tookMs = Math.round(at - from);
      expect(Math.abs(tookMs - loginMs) < 2_000, `it closed after ${tookMs} ms`);
    },
  },
  async D37(context) {
    const { device, credentials } = await context.online();
    device.send({ t: 'login', appId: context.target.appId, ...credentials, seq: 0 });
    const { code } = await device.next('error');
    expect(code === 'bad_frame', `a second login was answered ${code}`);
    await device.alive();
  },
  async D38(context) {
    const { credentials } = await context.online();
    const device = await context.open();
    device.send({ t: 'login', appId: context.target.appId, ...credentials, seq: 0 });
    for (const rid of [1, 2, 3]) device.send({ t: 'alias', rid, op: 'unbind', alias: `none_${context.tag}` });
    await device.answer(3);
    const came = device.frames.filter(({ t }) => t !== 'push').map((frame) => ('rid' in frame ? frame.rid : frame.t));
    expect(came.join() === 'welcome,1,2,3', `came ${came.join()}`);
  },
  async D39(context) {
    const { credentials } = await context.online();
    const login = JSON.stringify({ t: 'login', appId: context.target.appId, ...credentials, seq: 0 });
    const frames = [login, ...Array.from({ length: 40 }, () => '{"t":"ack","seq":0}')];
    const last = JSON.stringify({ t: 'tags', rid: 'last', set: [] });
    let ended = '';
    // A login that is quick, or a line that takes the frames apart, may let them pass.
    for (let attempt = 0; attempt < 5 && ended !== '4429'; attempt++) {
      const device = await context.open();
      device.sendAtOnce([...frames, last]);
      const closed = device.closed().then(({ code }) => String(code));
      ended = await Promise.race([closed, device.answer('last').then(() => 'not at all')]);
      closed.catch(() => {});
    }
    expect(ended === '4429', `it closed ${ended}`);
  },
  async D40(context) {
    const first = await context.online();
    const { device } = await context.again(first);
    const { reason } = await first.device.next('kick');
    const { code } = await first.device.closed();
    expect(reason === 'replaced' && code === 4409, `kick ${reason}, close ${code}`);
    await device.alive();
  },
  async D41(context) {
    let last = await context.online();
    const afters: (number | undefined)[] = [];
    for (let round = 0; round < 6; round++) {
      const next = await context.again(last);
      afters.push((await last.device.next('kick')).after);
      last = next;
    }
    const shown = afters.map((after) => after ?? 'none').join(', ');
    expect(
      afters.slice(0, 3).every((after) => after === undefined),
      `the first kicks said ${shown}`,
    );
    // Each node counts for itself: behind one address there may be more.
    const said = afters.slice(3).filter((after) => after !== undefined);
    expect(said.length > 0 && said.every((after) => after >= 1_000), `the kicks said ${shown}`);
  },
  async D42(context) {
    const online = await context.online();
    const { device } = await context.again(online, { seq: beyond });
    expectField(await doubt(device), 'seq');
    await context.upstream.push(online.cid, context.tag);
    await device.pushed(context.tag, 1);
  },
  async D43(context) {
    const online = await context.online();
    const { device } = await context.again(online, { bseq: beyond });
    expectField(await doubt(device), 'bseq');
    await device.alive();
  },
  async D63(context) {
    for (const field of ['seq', 'bseq'] as const) {
      const { device } = await context.online();
      device.send({ t: 'ack', [field]: beyond });
      expectField(await doubt(device), field);
      await device.alive();
    }
  },
};

function doubt(device: Device): Promise<{ code: string; field?: string }> {
  return device.next('error');
}

function expectField({ code, field }: { code: string; field?: string }, wanted: 'seq' | 'bseq'): void {
  expect(code === 'bad_position' && field === wanted, `it was answered ${code}, field ${String(field)}`);
}
