import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { maxProxyHeader, parseProxyHeader } from '../proxy-header.ts';

/** How long a proxy may take to say for whom it connects. */
export const proxyHeaderMs = 5_000;

/** For whom trusted proxies have connected. */
const announced = new WeakMap<Socket, string>();

/** The address at the other end of a connection; of a proxy that said so, whom it connects for. Empty once it is closed. */
export function peerOf(socket: Socket): string {
  return announced.get(socket) ?? socket.remoteAddress ?? '';
}

export interface ProxyOptions {
  /** Whose connections begin with a PROXY header. On all others there is none, and what looks like one is no HTTP. */
  isTrusted: (address: string) => boolean;
  headerMs?: number;
  /** A trusted proxy sent something else, or nothing in time; the connection is closed. */
  onBad: () => void;
}

/** Has an HTTP server read PROXY headers. To be called before it listens, and before others listen to its connections. */
export function readProxyHeaders(server: Server, { isTrusted, headerMs = proxyHeaderMs, onBad }: ProxyOptions): void {
  const serve = server.listeners('connection') as ((this: Server, socket: Socket) => void)[];
  server.removeAllListeners('connection');
  const begin = (socket: Socket): void => {
    for (const listener of serve) listener.call(server, socket);
  };
  server.on('connection', (socket: Socket) => {
    if (isTrusted(socket.remoteAddress ?? '')) readHeader(socket);
    else begin(socket);
  });

  function readHeader(socket: Socket): void {
    let received: Buffer = Buffer.alloc(0);
    const refuse = (): void => {
      onBad();
      socket.destroy();
    };
    const late = setTimeout(refuse, headerMs).unref();
    const forget = (): void => clearTimeout(late);
    const ignore = (): void => {};
    const read = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      const header = parseProxyHeader(received.subarray(0, maxProxyHeader));
      if (header.is === 'partial' && received.length < maxProxyHeader) return;
      socket.off('data', read).pause();
      if (header.is !== 'whole') {
        refuse();
        return;
      }
      forget();
      socket.off('close', forget).off('error', ignore);
      if (header.address !== undefined) announced.set(socket, header.address);
      const rest = received.subarray(header.length);
      if (rest.length > 0) socket.unshift(rest);
      begin(socket);
      socket.resume();
    };
    socket.on('data', read).on('close', forget).on('error', ignore);
  }
}
