import { expect } from '../../check.ts';
import type { ServerChecks } from '../context.ts';
import type { Device } from '../device.ts';

/** As many as no server may read at once, whatever it has let pass in the second that it takes. */
const tooMany = 1_200;

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
