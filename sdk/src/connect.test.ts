import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { waitFor } from '../../test/rigs/process.ts';
import { connect } from './connect.ts';
import { memoryStorage } from './storage.ts';
import { storedDevice } from './testing/device-rig.ts';

const options = { appId: 'app', storage: memoryStorage(), onPush: () => {} };

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('connect', () => {
  it.each(['', 'localhost:8080', 'http://localhost/sdk/v1'])('refuses the url "%s"', (url) => {
    expect(() => connect({ ...options, url })).toThrowError(expect.objectContaining({ code: 'bad_options' }));
  });

  it('says so where there is no WebSocket', () => {
    vi.stubGlobal('WebSocket', undefined);
    expect(() => connect({ ...options, url: 'ws://127.0.0.1:1' })).toThrowError(/`ws`/);
  });

  it('stops where there is neither a stored device nor a way to register one', async () => {
    const device = connect({ ...options, url: 'ws://127.0.0.1:1' });
    await waitFor('it stops', () => device.state === 'stopped');
    expect(device.stopReason).toBe('cannot_register');
    expect(device.cid).toBeUndefined();
  });

  it('goes on when the callbacks of the app throw, and when the server talks nonsense', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    const logins: unknown[] = [];
    server.on('connection', (peer) => {
      peer.on('message', (data) => {
        logins.push(JSON.parse(String(data)));
        peer.send('nonsense');
        peer.close(4503);
      });
    });
    const storage = memoryStorage();
    await storage.save(storedDevice);
    const fail = (): void => {
      throw new Error('a fault of the app');
    };
    const { port } = server.address() as AddressInfo;
    const device = connect({
      ...options,
      url: `ws://127.0.0.1:${port}/sdk/v1`,
      storage,
      onState: fail,
      onError: fail,
      tuning: { reconnectMinMs: 1, reconnectMaxMs: 5 },
    });
    await waitFor('it logs in again and again', () => logins.length >= 3);
    const { cid, token, seq, bseq } = storedDevice;
    expect(logins[2]).toEqual({ t: 'login', appId: 'app', cid, token, seq, bseq });
    await device.close();
    expect(console.error).toHaveBeenCalled();
    server.close();
    await once(server, 'close');
  });

  it('in a browser comes back at once when the network does', async () => {
    const window = new EventTarget();
    vi.stubGlobal('window', window);
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    let connections = 0;
    server.on('connection', (peer) => {
      connections++;
      peer.close(4429);
    });
    const storage = memoryStorage();
    await storage.save(storedDevice);
    const { port } = server.address() as AddressInfo;
    const device = connect({
      ...options,
      url: `ws://127.0.0.1:${port}`,
      storage,
      tuning: { reconnectMinMs: 2 ** 31 - 1, reconnectMaxMs: 2 ** 31 - 1 },
    });
    await waitFor('it waits', () => device.state === 'waiting');
    window.dispatchEvent(new Event('online'));
    await waitFor('it is back', () => connections === 2);
    await device.close();
    server.close();
  });
});
