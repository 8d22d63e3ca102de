import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '../../check.ts';
import type { Online, ServerChecks, ServerContext } from '../context.ts';
import { type Device, type Push, textOf } from '../device.ts';

export const deliveryChecks: ServerChecks = {
  async D50(context) {
    const { device, cid } = await context.online();
    const task = await context.upstream.push(cid, context.tag);
    const [push] = (await device.pushed(context.tag, 1)) as [Push];
    expect(push.task === task, `its task is ${push.task}, the API said ${task}`);
    const contents = ['notification', 'transmission', 'revoke'].filter((name) => name in push);
    expect(contents.length === 1 && push.seq !== undefined, `it has ${contents.join()}, seq ${push.seq}`);
    expect(push.exp > push.at && Math.abs(push.at - Date.now()) < 5 * 60_000, `at ${push.at}, exp ${push.exp}`);
  },
  async D51(context) {
    const { device, cid } = await context.online();
    const [title, body, url] = [context.tag, 'ünïcode 推送 🚚', 'https://shop.example/2041?a=1&b=2'];
    const notification = { title, body, click_type: 'url', url, channel_level: 3, badge_add_num: 1, notify_id: 7 };
    await context.upstream.push(cid, { notification });
    const [push] = (await device.pushed(title, 1)) as [Push];
    const got: Record<string, unknown> = 'notification' in push ? push.notification : {};
    const wanted = { title, body, clickType: 'url', url, channelLevel: 3, badgeAddNum: 1, notifyId: 7 };
    for (const [name, value] of Object.entries(wanted)) {
      expect(got[name] === value, `${name} is ${JSON.stringify(got[name])}`);
    }
  },
  async D52(context) {
    const first = await context.online();
    await goAway(context, first);
    await context.upstream.push(first.cid, context.tag);
    const { device } = await context.again(first);
    await device.pushed(context.tag, 1);
  },
  async D53(context) {
    const { device, cid } = await context.online();
    const texts = textsOf(context, 12);
    for (const text of texts.slice(0, 4)) await context.upstream.push(cid, text);
    await context.upstream.pushMany(cid, texts.slice(4));
    const pushes = await device.pushed(context.tag, texts.length);
    expect(pushes.map(textOf).join() === texts.join(), `came ${pushes.map(textOf).join()}`);
    const seqs = pushes.map(({ seq }) => seq ?? -1);
    expect(
      seqs.every((seq, index) => seq > (seqs[index - 1] ?? 0)),
      `their seqs are ${seqs.join()}`,
    );
  },
  async D54(context) {
    const first = await context.online();
    await context.upstream.pushMany(first.cid, textsOf(context, 3));
    const before = await first.device.pushed(context.tag, 3);
    await first.device.cut();
    const { device } = await context.again(first);
    const after = await device.pushed(context.tag, 3);
    const said = (pushes: Push[]): string =>
      pushes
        .map(({ seq, id }) => `${seq} ${id}`)
        .sort()
        .join('; ');
    expect(said(after) === said(before), `first came ${said(before)}, then ${said(after)}`);
  },
  async D55(context) {
    const first = await context.online();
    await context.upstream.pushMany(first.cid, textsOf(context, 4));
    const pushes = bySeq(await first.device.pushed(context.tag, 4));
    first.device.send({ t: 'ack', seq: pushes[2]!.seq });
    // Acks may be gathered for a while: the device asks anew until they are done.
    const end = performance.now() + 6_000;
    for (let last: Online = first; ; ) {
      await sleep(100);
      await last.device.cut();
      last = await context.again(first);
      await fence(context, last.device, first.cid);
      const again = last.device.pushes(context.tag).map(textOf);
      expect(again.includes(textOf(pushes[3]!)), 'the one that was not acknowledged did not come again');
      if (again.length === 1) return;
      expect(performance.now() < end, () => `acknowledged was ${pushes[2]!.seq}, and ${again.join()} came again`);
    }
  },
  async D56(context) {
    const first = await context.online();
    await context.upstream.pushMany(first.cid, textsOf(context, 4));
    const pushes = bySeq(await first.device.pushed(context.tag, 4));
    await first.device.cut();
    const { device } = await context.again(first, { seq: pushes[1]!.seq! });
    await fence(context, device, first.cid);
    const again = device.pushes(context.tag).map(textOf).sort().join();
    const wanted = pushes.slice(2).map(textOf).sort().join();
    expect(again === wanted, `a login with the seq of ${textOf(pushes[1]!)} got ${again}, not ${wanted}`);
  },
  async D57(context) {
    const { device, cid, welcome } = await context.online();
    const total = welcome.window + 12;
    const texts = textsOf(context, total);
    for (let from = 0; from < total; from += 100) await context.upstream.pushMany(cid, texts.slice(from, from + 100));
    await device.pushed(context.tag, welcome.window);
    // Time for more, which must not come: a broadcast or a ping would not be held back by the window.
    await sleep(1_500);
    const sent = device.pushes(context.tag);
    expect(sent.length <= welcome.window, `${sent.length} came, the window is ${welcome.window}`);
    const acked = new Set<number>();
    while (acked.size < total) {
      const got = device.pushes(context.tag).map(({ seq }) => seq!);
      for (const seq of got) acked.add(seq);
      device.send({ t: 'ack', seq: Math.max(...got) });
      if (acked.size < total) await device.pushed(context.tag, acked.size + 1);
    }
  },
  D58: {
    waits: true,
    async run(context) {
      const first = await context.online();
      await goAway(context, first);
      await context.upstream.push(first.cid, `${context.tag} short`, { ttl: 1_500 });
      await context.upstream.push(first.cid, `${context.tag} long`);
      await sleep(3_000);
      const { device } = await context.again(first);
      await device.pushed(`${context.tag} long`, 1);
      expect(device.pushes(`${context.tag} short`).length === 0, 'one whose ttl had passed came');
    },
  },
  async D59(context) {
    const first = await context.online();
    await goAway(context, first);
    const task = await context.upstream.push(first.cid, `${context.tag} recalled`);
    await context.upstream.push(first.cid, `${context.tag} kept`);
    await context.upstream.push(first.cid, { revoke: { old_task_id: task, force: true } });
    // So that all of it is stored before the device is back.
    await sleep(500);
    const { device } = await context.again(first);
    await device.pushed(`revoke ${task}`, 1);
    await device.pushed(`${context.tag} kept`, 1);
    expect(device.pushes(`${context.tag} recalled`).length === 0, 'the recalled message came too');
  },
  async D60(context) {
    const first = await context.online();
    const push = await onceOnly(context, first);
    expect(push.seq === undefined && push.bseq === undefined, `it has seq ${push.seq}, bseq ${push.bseq}`);
    await first.device.cut();
    const { device } = await context.again(first);
    await fence(context, device, first.cid);
    expect(device.pushes(context.tag).length === 0, 'it came again after a reconnect');
  },
  async D61(context) {
    const { at, exp } = await onceOnly(context, await context.online());
    expect(exp - at === 10_000, `exp is ${exp - at} ms after at`);
  },
  async D62(context) {
    const { device, cid } = await context.online();
    // The same text, so that an id that is made of it shows.
    await context.upstream.pushMany(
      cid,
      Array.from({ length: 5 }, () => context.tag),
    );
    const ids = (await device.pushed(context.tag, 5)).map(({ id }) => id);
    expect(new Set(ids).size === 5, `the ids are ${ids.join()}`);
  },
  async D64(context) {
    const { device, cid } = await context.online();
    await context.upstream.push(cid, context.tag);
    const [push] = (await device.pushed(context.tag, 1)) as [Push];
    device.send({ t: 'ack', seq: push.seq });
    device.send({ t: 'alias', rid: 'after', op: 'unbind', alias: `none_${context.tag}` });
    await device.answer('after');
    const others = device.frames.filter(({ t }) => !['registered', 'welcome', 'push', 'ok'].includes(t));
    expect(others.length === 0, () => `it was answered ${JSON.stringify(others[0])}`);
  },
};

function textsOf(context: ServerContext, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${context.tag} ${String(index).padStart(4, '0')}`);
}

function bySeq(pushes: Push[]): Push[] {
  return [...pushes].sort((left, right) => left.seq! - right.seq!);
}

/** Resolves when what was to come before this came: a push that was accepted last. */
async function fence(context: ServerContext, device: Device, cid: string): Promise<void> {
  const text = `fence ${context.tag} ${Math.random()}`;
  await context.upstream.push(cid, text);
  await device.pushed(text, 1);
}

/** Leaves in good order, and waits until the server has it for offline. */
export async function goAway(context: ServerContext, { device, cid }: Online): Promise<void> {
  device.send({ t: 'logout' });
  await device.closed();
  await context.upstream.until(
    'the device is offline',
    async () => (await context.upstream.status(cid)) === 'offline',
    6_000,
  );
}

async function onceOnly(context: ServerContext, { device, cid }: Online): Promise<Push> {
  await context.upstream.push(cid, context.tag, { ttl: -1 });
  return (await device.pushed(context.tag, 1))[0]!;
}
