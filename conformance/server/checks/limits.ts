import { expect, NotChecked } from '../../check.ts';
import type { ServerChecks } from '../context.ts';
import type { Device } from '../device.ts';
import { goAway } from './delivery.ts';

/** As many as no server may read at once, whatever it has let pass in the second that it takes. */
const tooMany = 1_200;
/** As many as count, if they come within seven seconds. */
const manyAcks = 2_000;
/** How long it may take to read what has piled up. */
const lateMs = 40_000;

/** More than a server and the kernels on both sides hold for a socket: 24 MB in texts of 9 KB, a hundred to a request. */
const longText = '界'.repeat(3_000);
const longTexts = 2_700;
const ofRequest = 100;

export const limitChecks: ServerChecks = {
  D66: {
    alone: true,
    limitMs: 120_000,
    async run(context) {
      const online = await context.online();
      const { device, cid } = online;
      device.pause();
      const texts = Array.from({ length: ofRequest }, () => `${context.tag}${longText}`);
      for (let sent = 0; sent < longTexts; sent += ofRequest) {
        await context.upstream.pushMany(cid, texts, { ttl: -1 });
        // It answers no ping of the server, and is there all the same.
        device.send({ t: 'ping' });
      }
      await context.upstream.push(cid, `last ${context.tag}`);
      device.resume();
      const behind = device.closed(lateMs).then(({ code }) => code);
      const ended = await Promise.race([behind, device.pushed('last', 1, lateMs).then(() => undefined)]);
      expect(ended === undefined || ended === 4429, `it closed ${ended}`);
      const came = device.pushes(context.tag).length;
      expect(came < longTexts, `all of ${came} texts were kept for a socket that did not drain`);
      if (ended === 4429) await (await context.again(online)).device.pushed('last', 1);
    },
  },
  async D90(context) {
    const { device } = await context.online();
    device.sendAtOnce(Array.from({ length: tooMany }, () => '{"t":"ping"}'));
    await closesTooFast(device);
  },
  async D91(context) {
    const { device } = await context.online();
    device.pingAtOnce(tooMany);
    await closesTooFast(device);
  },
  D92: {
    slow: true,
    limitMs: 60_000,
    async run(context) {
      const first = await context.online();
      await goAway(context, first);
      const texts = Array.from({ length: manyAcks }, (_, index) => `${context.tag} ${index}`);
      for (let from = 0; from < manyAcks; from += 200)
        await context.upstream.pushMany(first.cid, texts.slice(from, from + 200));
      const { device } = await context.again(first);
      const begun = performance.now();
      let acked = 0;
      while (acked < manyAcks) {
        const pushes = await device.pushed(context.tag, acked + 1);
        for (const { seq } of pushes.slice(acked)) device.send({ t: 'ack', seq });
        acked = pushes.length;
      }
      await device.alive();
      const allowed = 600 + (200 * (performance.now() - begun)) / 1_000;
      if (allowed >= manyAcks) throw new NotChecked('the messages came slower than frames are allowed');
    },
  },
  async D93(context) {
    const { device, cid } = await context.online();
    device.send({ t: 'logout' });
    const { code } = await device.closed();
    expect(code === 1000, `it closed ${code}`);
    await context.upstream.until(
      'the device is offline',
      async () => (await context.upstream.status(cid)) === 'offline',
      6_000,
    );
  },
};

async function closesTooFast(device: Device): Promise<void> {
  const { code } = await device.closed();
  expect(code === 4429, `${tooMany} at once closed ${code}`);
}
