import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { waitFor } from '../../rigs/process.ts';
import { ApiRig } from './rig.ts';

it('what comes on an open connection while the API stops is served as ever, and the connection is closed after it', async () => {
  const rig = await new ApiRig().start();
  const app = rig.addApp('app1');
  const token = await rig.token(app);
  const cid = rig.addDevice(app);
  const port = Number(new URL(rig.urls[0]!).port);
  const body = (): string => JSON.stringify(rig.pushBody(cid));
  const head = (length: number): string =>
    `POST /v2/${app}/push/single/cid HTTP/1.1\r\nHost: x\r\nToken: ${token}\r\nContent-Length: ${length}\r\n\r\n`;

  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  await once(socket, 'connect');
  const [first, second] = [body(), body()];
  socket.write(head(first.length) + first.slice(0, 10));
  // A whole request on another connection: the half one before it has been taken by then.
  expect((await rig.call('POST', `/v2/${app}/push/single/cid`, { token, body: rig.pushBody(cid) })).code).toBe(0);
  const stopped = rig.stop();
  await waitFor('no further connection is taken', () => refused(port));
  socket.write(first.slice(10) + head(second.length) + second);
  await once(socket, 'close');
  await stopped;
  expect(text.match(/HTTP\/1.1 200 /g)).toHaveLength(2);
  expect(text.match(/"msg":"success"/g)).toHaveLength(2);
});

async function refused(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(false));
      socket.once('error', () => resolve(true));
    });
  } finally {
    socket.destroy();
  }
}
