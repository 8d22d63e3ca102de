export interface SocketListener {
  opened(): void;
  text(text: string): void;
  /** Last of all; 1006 if the connection was lost, or never made. */
  closed(code: number): void;
}

export interface Socket {
  /** False if it can't take the text now; it is not kept then. */
  send(text: string): boolean;
  /** Ends it; from now on the listener hears nothing. May be called twice. */
  leave(): void;
}

/** @throws if the connection can't even be begun. */
export type OpenSocket = (url: string, listener: SocketListener) => Socket;
