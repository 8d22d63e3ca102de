import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

export type Frame = { t: string; [field: string]: unknown };

/** A rule that is broken on the way between a device and a real server. Each gets a connection's own state. */
export interface ServerFault {
  /** Frames in place of one of the server's; `later` sends more of them by and by. */
  fromServer?: (frame: Frame, state: Frame, later: (frame: Frame) => void) => Frame[];
  fromClient?: (frame: Frame, state: Frame) => Frame[];
  closeCode?: (code: number) => number;
  /** The subprotocol that is answered. */
  protocol?: (chosen: string) => string | false;
  compression?: boolean;
  /** It doesn't say when a refused upgrade may be tried again. */
  hidesRetryAfter?: boolean;
}

export interface FaultyServer {
  url: string;
  /** Cuts every connection that there is. */
  cut(): void;
  stop(): Promise<void>;
}

/** A server that is the real one at `url` in all but one thing. */
export async function startFaultyServer(url: string, fault: ServerFault): Promise<FaultyServer> {
  const http = createServer((asked, response) => {
    const relayed = request(url.replace(/^ws/, 'http'), { method: asked.method ?? 'GET' }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, { connection: 'close' });
      answer.pipe(response);
    });
    relayed.end();
  });
  const sockets = new WebSocketServer({
    noServer: true,
    autoPong: false,
    skipUTF8Validation: true,
    perMessageDeflate: fault.compression ?? false,
    handleProtocols: (offered) => {
      const chosen = [...offered][0] ?? '';
      return fault.protocol ? fault.protocol(chosen) : chosen;
    },
  });
  http.on('upgrade', (asked, stream, head) => {
    stream.on('error', () => {});
    const target = new URL(url);
    target.pathname = new URL(asked.url ?? '/', 'http://any').pathname;
    const offered = asked.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
    const options = { perMessageDeflate: false, autoPong: false, skipUTF8Validation: true };
    const localAddress = asked.socket.remoteAddress!;
    const real = new WebSocket(target, offered, { ...options, localAddress });
    real.on('error', () => stream.destroy());
    real.on('unexpected-response', (_request, answer) => {
      const after = fault.hidesRetryAfter ? undefined : answer.headers['retry-after'];
      const retry = after === undefined ? '' : `retry-after: ${after}\r\n`;
      stream.end(`HTTP/1.1 ${answer.statusCode} Refused\r\nconnection: close\r\n${retry}content-length: 0\r\n\r\n`);
    });
    real.once('upgrade', () => real.pause());
    real.once('open', () => sockets.handleUpgrade(asked, stream, head, (device) => relay(device, real, fault)));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const cut = (): void => {
    for (const device of sockets.clients) device.terminate();
  };
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}${new URL(url).pathname}`,
    cut,
    async stop() {
      cut();
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}

function relay(device: WebSocket, real: WebSocket, fault: ServerFault): void {
  const state: Frame = { t: 'state' };
  const toDevice = (frame: Frame): void => device.send(JSON.stringify(frame));
  const toReal = (frame: Frame): void => real.send(JSON.stringify(frame));
  real.on('message', (data, binary) => {
    const frame = fault.fromServer && !binary ? frameIn(String(data)) : undefined;
    if (frame === undefined) device.send(data, { binary });
    else for (const one of fault.fromServer!(frame, state, toDevice)) toDevice(one);
  });
  device.on('message', (data, binary) => {
    const frame = fault.fromClient && !binary ? frameIn(String(data)) : undefined;
    if (frame === undefined) real.send(data, { binary });
    else for (const one of fault.fromClient!(frame, state)) toReal(one);
  });
  for (const [from, to] of [
    [device, real],
    [real, device],
  ] as const) {
    from.on('ping', (payload) => to.ping(payload));
    from.on('pong', (payload) => to.pong(payload));
    from.on('error', () => {});
  }
  real.on('close', (code) => (code >= 1000 && code !== 1005 && code !== 1006 ? close(code) : device.terminate()));
  device.on('close', () => real.terminate());
  real.resume();

  function close(code: number): void {
    device.close(fault.closeCode?.(code) ?? code);
  }
}

function frameIn(text: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && typeof (value as Frame).t === 'string'
      ? (value as Frame)
      : undefined;
  } catch {
    return undefined;
  }
}
