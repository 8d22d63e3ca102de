import { subprotocol } from '../frames.ts';
import type { OpenSocket, SocketListener } from '../socket.ts';

/** As much of a WebSocket as this SDK uses: the browser's, Node's own and that of `ws` have it. */
export interface WebSocketLike {
  readonly readyState: number;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number }) => void): void;
  send(text: string): void;
  close(code?: number): void;
}

export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** Sockets over WebSocket. */
export function webSockets(WebSocket: WebSocketConstructor): OpenSocket {
  const openState = 1;
  return (url, listener) => {
    const socket = new WebSocket(url, [subprotocol]);
    let heardBy: SocketListener | undefined = listener;
    socket.addEventListener('open', () => heardBy?.opened());
    // A frame that isn't text is nothing of this protocol; the parser says so.
    socket.addEventListener('message', ({ data }) => heardBy?.text(typeof data === 'string' ? data : ''));
    socket.addEventListener('close', ({ code }) => heardBy?.closed(code));
    // What failed is not told to pages; a close always follows.
    socket.addEventListener('error', () => {});
    return {
      send(text) {
        if (socket.readyState !== openState) return false;
        try {
          socket.send(text);
          return true;
        } catch {
          return false;
        }
      },
      leave() {
        heardBy = undefined;
        socket.close(1000);
      },
    };
  };
}
