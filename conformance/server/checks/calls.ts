import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, NotChecked } from '../../check.ts';
import type { ServerChecks, ServerContext } from '../context.ts';
import type { Device, Push } from '../device.ts';
import { needAdditions } from './registration.ts';

const maxCalls = 32;
const vendors = ['fcm', 'apns', 'huawei', 'xiaomi', 'oppo', 'vivo', 'honor', 'harmony'];
const maxToken = 4_096;
/** By the rules of the upstream's aliases. */
const devicesOfAlias = 10;

export const callChecks: ServerChecks = {
  async D75(context) {
    const { device } = await context.online();
    for (const rid of [7, 'seven', '7 ']) {
      const frames = [
        { t: 'alias', rid, op: 'unbind', alias: `none_${context.tag}` },
        { t: 'tags', rid, set: [`t_${context.tag}`] },
        { t: 'channel', rid, kind: 'webpush', subscription: null },
      ];
      for (const frame of frames) {
        device.send(frame);
        const answer = await device.next('ok');
        expect(answer.rid === rid, `${frame.t} with ${JSON.stringify(rid)}: ok ${JSON.stringify(answer.rid)}`);
      }
    }
  },
  async D76(context) {
    const { device, cid } = await context.online();
    const alias = `a_${context.tag}`;
    await done(device, { t: 'alias', rid: 'bind', op: 'bind', alias });
    await context.upstream.pushToAlias(alias, context.tag);
    await device.pushed(context.tag, 1);
    await done(device, { t: 'alias', rid: 'unbind', op: 'unbind', alias });
    const { alias: kept } = (await context.upstream.call('GET', `/user/alias/cid/${cid}`)) as { alias: string };
    expect(kept === '', `after unbind its alias is ${kept}`);
  },
  async D77(context) {
    const { device } = await context.online();
    const rids = Array.from({ length: 12 }, (_, index) => `c${index}`);
    for (const rid of rids) device.send({ t: 'tags', rid, set: [rid] });
    await device.answer(rids.at(-1)!);
    const came = device.frames.flatMap((frame) => ('rid' in frame && frame.rid !== undefined ? [frame.rid] : []));
    expect(came.join() === rids.join(), `answers came as ${came.join()}`);
  },
  async D78(context) {
    const { device } = await context.online();
    const frames = [
      { t: 'alias', rid: 'f1', op: 'bind', alias: 'not an alias' },
      { t: 'tags', rid: 'f2', set: ['a b'] },
      { t: 'channel', rid: 'f3', kind: 'webpush', subscription: { endpoint: 'http://not.secure.example/' } },
      { t: 'channel', rid: 'f4', kind: 'webpush', subscription: { endpoint: 'https://push.example/', keys: {} } },
    ];
    for (const frame of frames) {
      device.send(frame);
      const answer = await device.answer(frame.rid);
      expect(answer.t === 'error' && answer.code === 'bad_frame', () => `${frame.t}: ${JSON.stringify(answer)}`);
    }
    await done(device, { t: 'alias', rid: 'fine', op: 'unbind', alias: `none_${context.tag}` });
  },
  async D79(context) {
    const { device } = await context.online();
    const rids = Array.from({ length: 5 * maxCalls }, (_, index) => `m${index}`);
    for (const rid of rids) device.send({ t: 'alias', rid, op: 'unbind', alias: `none_${context.tag}` });
    const answers = await Promise.all(rids.map((rid) => device.answer(rid, 15_000)));
    const refused = answers.filter((answer) => answer.t === 'error');
    const other = refused.find((answer) => answer.t === 'error' && answer.code !== 'rate_limited');
    expect(other === undefined, () => `one was answered ${JSON.stringify(other)}`);
    const early = answers.slice(0, maxCalls).findIndex((answer) => answer.t === 'error');
    expect(early < 0, `number ${early + 1} was refused already`);
    if (refused.length === 0) throw new NotChecked(`it answered ${rids.length} calls faster than they came`);
    await device.alive();
  },
  async D80(context) {
    const { device } = await context.online();
    await done(device, { t: 'channel', rid: 1, kind: 'webpush', subscription: subscription(context) });
    await done(device, { t: 'channel', rid: 2, kind: 'webpush', subscription: null });
  },
  D81: {
    limitMs: 40_000,
    async run(context) {
      const { device, push } = await withPush(context);
      const event = { t: 'event', task: push.task, id: push.id };
      for (const action of ['shown', 'shown', 'clicked', 'dismissed', 'custom:90001'])
        device.send({ ...event, action });
      const counted = async (): Promise<boolean> => {
        const { display_num: shown, click_num: clicked } = await context.upstream.report(push.task);
        return shown === 1 && clicked === 1;
      };
      await context.upstream.until('the report says that it was shown once, clicked once', counted, 20_000);
      device.send({ ...event, action: 'shown' });
      await device.alive();
      // Longer than a receipt took above is not known; what is counted twice shows soon after.
      await sleep(3_000);
      const report = JSON.stringify(await context.upstream.report(push.task));
      expect(await counted(), `the report says ${report}`);
    },
  },
  async D82(context) {
    const { device, push } = await withPush(context);
    device.send({ t: 'event', task: push.task, id: `${push.task}.invented`, action: 'clicked' });
    const { code } = await device.next('error');
    expect(code === 'bad_frame', `it was answered ${code}`);
    await device.alive();
  },
  async D83(context) {
    const { device, push } = await withPush(context);
    device.send({ t: 'event', task: push.task, id: push.id, action: 'shown' });
    device.send({ t: 'alias', rid: 'after', op: 'unbind', alias: `none_${context.tag}` });
    await device.answer('after');
    const others = device.frames.filter(({ t }) => !['registered', 'welcome', 'push'].includes(t));
    expect(others.length === 1, () => `it was answered ${JSON.stringify(others[0])}`);
  },
  async D84(context) {
    await needAdditions(context);
    const { device, push } = await withPush(context);
    for (const rid of [7, 'shown']) {
      device.send({ t: 'event', rid, task: push.task, id: push.id, action: 'shown' });
      const answer = await device.answer(rid);
      expect(answer.t === 'ok', () => `it was answered ${JSON.stringify(answer)}`);
    }
  },
  async D85(context) {
    await needAdditions(context);
    const { device, push } = await withPush(context);
    device.send({ t: 'event', rid: 'none', task: push.task, id: `${push.task}.invented`, action: 'shown' });
    const answer = await device.answer('none');
    expect(answer.t === 'error' && answer.code === 'bad_frame', () => `it was answered ${JSON.stringify(answer)}`);
    await device.alive();
  },
  async D86(context) {
    const { device } = await context.online();
    const registrar = await context.open();
    const alias = `crowd_${context.tag}`;
    const crowd: { cid: string; alias: string }[] = [];
    while (crowd.length < devicesOfAlias) crowd.push({ cid: (await registrar.register(context.target)).cid, alias });
    await context.upstream.call('POST', '/user/alias', { data_list: crowd });
    device.send({ t: 'alias', rid: 'full', op: 'bind', alias });
    const answer = await device.answer('full');
    expect(answer.t === 'error' && answer.code === 'forbidden', () => `it was answered ${JSON.stringify(answer)}`);
    await device.alive();
  },
  async D87(context) {
    const { device } = await context.online();
    await needVendors(device);
    for (const kind of vendors) {
      for (const subscription of [{ token: `t:${context.tag}` }, { token: '~'.repeat(maxToken) }, null]) {
        await done(device, { t: 'channel', rid: `${kind} ${JSON.stringify(subscription).length}`, kind, subscription });
      }
    }
  },
  async D88(context) {
    const { device } = await context.online();
    await needVendors(device);
    const wrong = [
      {},
      { token: '' },
      { token: 'a b' },
      { token: 'ü' },
      { token: 7 },
      { token: 'x'.repeat(maxToken + 1) },
    ];
    for (const [index, subscription] of wrong.entries()) {
      device.send({ t: 'channel', rid: index, kind: 'fcm', subscription });
      const answer = await device.answer(index);
      const shown = JSON.stringify(subscription).slice(0, 40);
      expect(answer.t === 'error' && answer.code === 'bad_frame', () => `${shown}: ${JSON.stringify(answer)}`);
    }
    await device.alive();
  },
};

/** @throws NotChecked of a server that has no such kind */
async function needVendors(device: Device): Promise<void> {
  device.send({ t: 'channel', rid: 'vendors', kind: 'fcm', subscription: null });
  // A frame that is malformed is answered without its rid.
  const answer = await device.until('an answer to channel', () =>
    device.frames.find((frame) => frame.t === 'ok' || frame.t === 'error'),
  );
  if (answer.t === 'error' && answer.code === 'bad_frame' && answer.message.includes('kind')) {
    throw new NotChecked("this server has no vendors' channels");
  }
}

async function done(device: Device, frame: { rid: string | number; t: string; [field: string]: unknown }) {
  device.send(frame);
  const answer = await device.answer(frame.rid);
  expect(answer.t === 'ok', () => `${frame.t} was answered ${JSON.stringify(answer)}`);
}

async function withPush(context: ServerContext): Promise<{ device: Device; push: Push }> {
  const { device, cid } = await context.online();
  await context.upstream.push(cid, context.tag);
  return { device, push: (await device.pushed(context.tag, 1))[0]! };
}

/** As a browser would give it; nobody listens there. */
function subscription(context: ServerContext) {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const { x, y } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')]);
  return {
    endpoint: `https://push.example.invalid/send/${context.tag}`,
    keys: { p256dh: point.toString('base64url'), auth: randomBytes(16).toString('base64url') },
  };
}
