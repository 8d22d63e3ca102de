import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer, WebSocket as WsSocket } from 'ws';
import { freePort, waitFor } from '../../../test/rigs/process.ts';
import { type WebSocketConstructor, webSockets } from './web-socket.ts';

const servers: WebSocketServer[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    for (const client of server.clients) client.terminate();
    server.close();
  }
});

async function startServer(): Promise<{ server: WebSocketServer; url: string }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  servers.push(server);
  await once(server, 'listening');
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** What a listener heard, in order. */
function record() {
  const heard: string[] = [];
  return {
    heard,
    listener: {
      opened: () => heard.push('opened'),
      text: (text: string) => heard.push(`text ${text}`),
      closed: (code: number) => heard.push(`closed ${code}`),
    },
  };
}

const kinds: [string, WebSocketConstructor][] = [
  ['the global WebSocket', globalThis.WebSocket],
  ['that of ws', WsSocket],
];

describe.each(kinds)('a socket over %s', (_, implementation) => {
  const openSocket = webSockets(implementation);

  it('offers longwire.v1, carries texts both ways and tells the close code', async () => {
    const { server, url } = await startServer();
    const { heard, listener } = record();
    const accepted = once(server, 'connection') as Promise<[WsSocket]>;
    const socket = openSocket(url, listener);
    expect(socket.send('too early')).toBe(false);
    const [peer] = await accepted;
    expect(peer.protocol).toBe('longwire.v1');
    const received: string[] = [];
    peer.on('message', (data) => received.push(String(data)));
    peer.send('hello');
    await waitFor('the text comes', () => heard.length === 2);
    expect(socket.send('hi')).toBe(true);
    await waitFor('the answer comes', () => received.length === 1);
    peer.close(4503);
    await waitFor('the close comes', () => heard.length === 3);
    expect(heard).toEqual(['opened', 'text hello', 'closed 4503']);
    expect(received).toEqual(['hi']);
    expect(socket.send('too late')).toBe(false);
  });

  it('tells a cut connection, and one that was never made, as 1006', async () => {
    const { server, url } = await startServer();
    const cut = record();
    const accepted = once(server, 'connection') as Promise<[WsSocket]>;
    openSocket(url, cut.listener);
    const [peer] = await accepted;
    await waitFor('it opens', () => cut.heard.length === 1);
    peer.terminate();
    await waitFor('the cut is noticed', () => cut.heard.length === 2);
    expect(cut.heard).toEqual(['opened', 'closed 1006']);
    const never = record();
    openSocket(`ws://127.0.0.1:${await freePort()}`, never.listener);
    await waitFor('the failure is noticed', () => never.heard.length === 1);
    expect(never.heard).toEqual(['closed 1006']);
  });

  it('hands on garbage without a fault, and binary as empty text', async () => {
    const { server, url } = await startServer();
    const { heard, listener } = record();
    const accepted = once(server, 'connection') as Promise<[WsSocket]>;
    openSocket(url, listener);
    const [peer] = await accepted;
    peer.send('{{{');
    peer.send(new Uint8Array([0, 255]));
    await waitFor('both come', () => heard.length === 3);
    expect(heard).toEqual(['opened', 'text {{{', 'text ']);
  });

  it('that was left says nothing more, and closes with 1000', async () => {
    const { server, url } = await startServer();
    const { heard, listener } = record();
    const accepted = once(server, 'connection') as Promise<[WsSocket]>;
    const socket = openSocket(url, listener);
    const [peer] = await accepted;
    await waitFor('it opens', () => heard.length === 1);
    const closed = once(peer, 'close') as Promise<[number]>;
    socket.leave();
    socket.leave();
    peer.send('more');
    expect((await closed)[0]).toBe(1000);
    expect(heard).toEqual(['opened']);
  });

  it('may be left before it is open', async () => {
    const { server, url } = await startServer();
    const { heard, listener } = record();
    openSocket(url, listener).leave();
    const other = record();
    openSocket(url, other.listener);
    await waitFor('a later one opens', () => other.heard.length === 1);
    await waitFor('only that one is left', () => server.clients.size === 1);
    expect(heard).toEqual([]);
  });
});
