import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Where new connections go from now on; those that are there stay with whom they have. */
  target: number;
  /** The same for each connection, by its number from 0. */
  targetOf: (connection: number) => number;
  /** Connections taken so far. */
  readonly accepted: number;
  close(): Promise<void>;
}

/** An address whose server changes, as a name does whose entry is moved to another host. */
export async function startProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const proxy = {
    port: 0,
    target,
    targetOf: (_connection: number): number => proxy.target,
    accepted: 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  const server = createServer((client) => {
    const upstream = connect(proxy.targetOf(proxy.accepted++), '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy.port = (server.address() as AddressInfo).port;
  return proxy;
}
