import type { Socket } from 'node:net';

export interface RoomLimits {
  /** Connections at the most; one more is closed at once. */
  most: number;
  /** Of one address, likewise. */
  mostOfAddress: number;
}

/** Connections that are open, or have not become something else: bounded in all, and by the address that they come from. */
export class ConnectionRoom {
  readonly #limits: RoomLimits;
  readonly #isMany: (address: string) => boolean;
  readonly #addresses = new Map<Socket, string>();
  readonly #counts = new Map<string, number>();
  /** One for all sockets. */
  readonly #left: (this: Socket) => void;

  /** @param isMany whether many clients come from the address, as from a proxy: only the bound of all is for it. */
  constructor(limits: RoomLimits, isMany: (address: string) => boolean) {
    this.#limits = limits;
    this.#isMany = isMany;
    const done = (socket: Socket): void => this.done(socket);
    function left(this: Socket): void {
      done(this);
    }
    this.#left = left;
  }

  /** Takes a new connection, or closes it. */
  begin(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const count = this.#counts.get(address) ?? 0;
    const full = this.#addresses.size >= this.#limits.most;
    if (full || (count >= this.#limits.mostOfAddress && !this.#isMany(address))) {
      socket.destroy();
      return;
    }
    this.#counts.set(address, count + 1);
    this.#addresses.set(socket, address);
    socket.on('close', this.#left);
  }

  /** It is closed, or is counted elsewhere from now on. */
  done(socket: Socket): void {
    const address = this.#addresses.get(socket);
    if (address === undefined) return;
    this.#addresses.delete(socket);
    socket.off('close', this.#left);
    const left = (this.#counts.get(address) ?? 1) - 1;
    if (left > 0) this.#counts.set(address, left);
    else this.#counts.delete(address);
  }
}
