import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type ServerFrame, type ServerFrames, subprotocol } from '../services/common/protocol/device-frames.ts';
import { RawDevice } from '../test/rigs/device.ts';

export type Credentials = { cid: string; token: string };

/** A device of a load: acknowledges each push at once, unless it is told not to, and tells of it, and costs as little as it can. */
export class LoadDevice {
  readonly credentials: Credentials;
  /** Whether it acknowledges what comes. */
  acks = true;
  #socket: WebSocket;

  private constructor(socket: WebSocket, credentials: Credentials) {
    this.#socket = socket;
    this.credentials = credentials;
  }

  /** Registers, or is the device whose credentials are given, and logs in. @param onPush told of each push, after its ack if there is one. */
  static async open(
    url: string,
    app: { appId: string; appSecret: string },
    onPush: (push: ServerFrames['push'], device: LoadDevice) => void,
    known?: { credentials: Credentials; bseq?: number },
  ): Promise<LoadDevice> {
    const socket = new WebSocket(url, [subprotocol], { perMessageDeflate: false });
    socket.on('error', () => {});
    await once(socket, 'open');
    const send = (frame: object): void => socket.send(JSON.stringify(frame));
    const credentials =
      known?.credentials ?? (await answerTo(socket, 'registered', () => send(RawDevice.registerFrame(app))));
    const device = new LoadDevice(socket, { cid: credentials.cid, token: credentials.token });
    const cursor = known?.bseq === undefined ? {} : { bseq: known.bseq };
    const login = { t: 'login', appId: app.appId, ...device.credentials, seq: 0, ...cursor };
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as ServerFrame;
      if (frame.t !== 'push') return;
      const { seq, bseq } = frame;
      if (device.acks) {
        send({ t: 'ack', ...(seq === undefined ? {} : { seq }), ...(bseq === undefined ? {} : { bseq }) });
      }
      onPush(frame, device);
    });
    await answerTo(socket, 'welcome', () => send(login));
    return device;
  }

  /** Cuts the connection without a word. */
  terminate(): void {
    this.#socket.terminate();
  }
}

/** Opens `count` devices, some at once. */
export async function openDevices(count: number, open: () => Promise<LoadDevice>): Promise<LoadDevice[]> {
  const devices: LoadDevice[] = [];
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun++ < count) devices.push(await open());
  };
  await Promise.all(Array.from({ length: 50 }, worker));
  return devices;
}

function answerTo<Kind extends ServerFrame['t']>(
  socket: WebSocket,
  kind: Kind,
  ask: () => void,
): Promise<ServerFrames[Kind]> {
  return new Promise((resolve, reject) => {
    const read = (data: unknown): void => {
      const frame = JSON.parse(String(data)) as ServerFrame;
      if (frame.t !== kind) return;
      socket.off('message', read);
      resolve(frame as ServerFrames[Kind]);
    };
    socket.on('message', read);
    socket.once('close', (code) => reject(new Error(`closed ${code} before ${kind}`)));
    ask();
  });
}
