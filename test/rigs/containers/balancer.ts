import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

const connectMs = 1_000;

export interface Target {
  host: string;
  port: number;
}

/**
 * What stands before the instances of a role where the outside comes in: each connection goes to the next of those that may
 * have it, and to the one after that if it isn't taken.
 */
export class Balancer {
  #server: Server;
  #targets: () => Target[];
  #next = 0;
  #sockets = new Set<Socket>();

  private constructor(targets: () => Target[]) {
    this.#targets = targets;
    this.#server = createServer((socket) => void this.#serve(socket));
  }

  /** @param targets asked for each connection */
  static async start(targets: () => Target[]): Promise<Balancer> {
    const balancer = new Balancer(targets);
    balancer.#server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
    await once(balancer.#server, 'listening');
    return balancer;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(socket: Socket): Promise<void> {
    this.#keep(socket);
    const targets = this.#targets();
    const first = this.#next++;
    for (let tries = 0; tries < targets.length; tries++) {
      const upstream = await connected(targets[(first + tries) % targets.length]!);
      if (!upstream) continue;
      this.#keep(upstream);
      socket.once('close', () => upstream.destroy());
      upstream.once('close', () => socket.destroy());
      socket.pipe(upstream).pipe(socket);
      return;
    }
    socket.destroy();
  }

  #keep(socket: Socket): void {
    socket.setNoDelay(true);
    socket.on('error', () => {});
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}

function connected({ host, port }: Target): Promise<Socket | undefined> {
  const socket = connect({ host, port });
  return new Promise((resolve) => {
    const late = setTimeout(() => socket.destroy(), connectMs);
    socket.once('connect', () => {
      clearTimeout(late);
      resolve(socket);
    });
    socket.once('error', () => {});
    socket.once('close', () => {
      clearTimeout(late);
      resolve(undefined);
    });
  });
}
