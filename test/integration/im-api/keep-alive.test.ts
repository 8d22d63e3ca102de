import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../rigs/process.ts';
import { openTcp } from '../../rigs/raw-sockets.ts';
import { ApiRig } from './rig.ts';

describe('connections of upstreams and balancers', () => {
  let rig: ApiRig;
  afterEach(() => rig.stop());

  const request = 'GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n';

  /** Sends a request and answers the seconds that the connection will be kept, as the answer says. */
  async function keptAfterRequest(socket: Socket): Promise<number> {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
    };
    socket.on('data', read);
    socket.write(request);
    await waitFor('the answer', () => text.includes('\r\n0\r\n\r\n') || /content-length: (\d+)/i.test(text));
    socket.off('data', read);
    return Number(/keep-alive: timeout=(\d+)/i.exec(text)?.[1]);
  }

  it('are kept between requests for as long as configured, at once also for those that are open', async () => {
    rig = await new ApiRig().start(1, { keepAliveMs: 600_000 });
    const socket = connect(Number(new URL(rig.urls[0]!).port), '127.0.0.1');
    await once(socket, 'connect');
    expect(await keptAfterRequest(socket)).toBe(600);
    rig.limits.keepAliveMs = 90_000;
    expect(await keptAfterRequest(socket)).toBe(90);
    socket.destroy();
  });

  it('are closed once that is over, and not before by the limits of how long a request may take to arrive', async () => {
    rig = await new ApiRig().start(1, { keepAliveMs: 1_000 });
    const socket = connect(Number(new URL(rig.urls[0]!).port), '127.0.0.1');
    await once(socket, 'connect');
    expect(await keptAfterRequest(socket)).toBe(1);
    const closed = once(socket, 'close');
    socket.resume();
    await closed;
  });

  it('are bounded in all and by address, and their end makes room', async () => {
    rig = await new ApiRig().start(1, {}, { room: { most: 3, mostOfAddress: 2 } });
    const port = Number(new URL(rig.urls[0]!).port);
    const open = async (localAddress: string): Promise<Socket> => (await openTcp({ port, localAddress })).resume();
    const isRefused = async (localAddress: string): Promise<boolean> => {
      const socket = await open(localAddress);
      socket.write(request);
      const ended = await Promise.race([
        once(socket, 'close').then(() => true),
        once(socket, 'data').then(() => false),
      ]);
      socket.destroy();
      return ended;
    };
    const kept = [await open('127.0.0.2'), await open('127.0.0.2')];
    expect(await isRefused('127.0.0.2')).toBe(true);
    expect(await isRefused('127.0.0.3')).toBe(false);
    await waitFor('that one is let go', async () => !(await isRefused('127.0.0.3')));
    rig.exempt = ['127.0.0.2'];
    await waitFor('an exempt address may have more', async () => !(await isRefused('127.0.0.2')));
    await waitFor('all together are too many', async () => {
      kept.push(await open(`127.0.1.${kept.length}`));
      return isRefused('127.0.0.5');
    });
    for (const socket of kept) socket.destroy();
    await waitFor('there is room', async () => !(await isRefused('127.0.0.5')));
  });
});
