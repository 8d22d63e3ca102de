import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { waitFor } from '../../test/rigs/process.ts';
import { answerParent } from './answering.ts';

/** The least that holds connections: a `ws` server that accepts all and drops what they send. */
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
let pongs = 0;
server.on('connection', (socket) => {
  socket.on('message', dropped).on('error', dropped).on('pong', counted);
});
await once(server, 'listening');
answerParent({
  port: (server.address() as AddressInfo).port,
  connections: () => server.clients.size,
  async ping() {
    pongs = 0;
    for (const socket of server.clients) socket.ping();
    await waitFor('all pongs are there', () => pongs >= server.clients.size, 30_000);
  },
  write(text, times) {
    for (let written = 0; written < times; written++) {
      for (const socket of server.clients) socket.send(text);
    }
  },
});

function dropped(): void {}

function counted(): void {
  pongs++;
}
