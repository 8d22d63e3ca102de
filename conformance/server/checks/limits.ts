import { expect, NotChecked } from '../../check.ts';
import type { ServerChecks } from '../context.ts';
import type { Device } from '../device.ts';
import { goAway } from './delivery.ts';

/** As many as no server may read at once, whatever it has let pass in the second that it takes. */
const tooMany = 1_200;
/** As many as count, if they come within seven seconds. */
const manyAcks = 2_000;

export const limitChecks: ServerChecks = {
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
