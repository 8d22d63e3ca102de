import type { ClientFrame, ServerFrame } from '../frames.ts';
import type { OpenSocket, SocketListener } from '../socket.ts';

/** A socket whose other end is the test. */
export class HandSocket {
  readonly listener: SocketListener;
  readonly sent: ClientFrame[] = [];
  left = false;

  constructor(listener: SocketListener) {
    this.listener = listener;
  }

  frame(frame: ServerFrame): void {
    this.listener.text(JSON.stringify(frame));
  }

  sentOf<Kind extends ClientFrame['t']>(kind: Kind): Extract<ClientFrame, { t: Kind }>[] {
    return this.sent.filter((frame): frame is Extract<ClientFrame, { t: Kind }> => frame.t === kind);
  }
}

/** The sockets that were opened, in order. */
export function handSockets(): { sockets: HandSocket[]; openSocket: OpenSocket } {
  const sockets: HandSocket[] = [];
  return {
    sockets,
    openSocket: (_url, listener) => {
      const socket = new HandSocket(listener);
      sockets.push(socket);
      return {
        send: (text) => {
          if (socket.left) return false;
          socket.sent.push(JSON.parse(text) as ClientFrame);
          return true;
        },
        leave: () => {
          socket.left = true;
        },
      };
    },
  };
}
