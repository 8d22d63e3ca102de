import type { ClientRequest, IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { subprotocol } from '../../sdk/src/frames.ts';

/** Why a socket is gone, or never was. */
export interface SocketEnd {
  /** `closed 4429`, `HTTP 503`, `ECONNREFUSED`: few different ones. */
  reason: string;
  /** Of a close. */
  code?: number;
  /** How long a refusal of the upgrade asks to stay away, ms. */
  retryAfterMs?: number;
}

export interface SocketListener {
  opened(): void;
  /** Anything came, a ping too. */
  heard(): void;
  text(text: string): void;
  /** May come more than once; the first says why. */
  closed(end: SocketEnd): void;
}

export interface DeviceSocket {
  /** Nothing is sent while it isn't open. */
  send(text: string): void;
  /** Cuts it. The listener may still hear of that. */
  terminate(): void;
}

/** @param localAddress to connect from; undefined: the system chooses. */
export function openSocket(url: string, localAddress: string | undefined, listener: SocketListener): DeviceSocket {
  const from = localAddress === undefined ? {} : { localAddress };
  const socket = new WebSocket(url, [subprotocol], { perMessageDeflate: false, ...from });
  socket.on('open', () => listener.opened());
  socket.on('ping', () => listener.heard());
  socket.on('message', (data) => {
    listener.heard();
    listener.text(String(data));
  });
  socket.on('unexpected-response', (request: ClientRequest, response: IncomingMessage) => {
    request.destroy();
    const seconds = Number(response.headers['retry-after']);
    // All that were refused at once are told the same: each comes back at a time of its own.
    const wait = seconds > 0 ? { retryAfterMs: (seconds + Math.random()) * 1_000 } : {};
    listener.closed({ reason: `HTTP ${response.statusCode}`, ...wait });
  });
  socket.on('error', (error: NodeJS.ErrnoException) => listener.closed({ reason: error.code ?? 'socket error' }));
  socket.on('close', (code) => listener.closed({ reason: `closed ${code}`, code }));
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    terminate: () => socket.terminate(),
  };
}
