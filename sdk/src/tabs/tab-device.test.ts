import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { waitFor } from '../../../test/rigs/process.ts';
import type { DeviceState } from '../core/device-state.ts';
import type { Elect } from './election.ts';
import { TabDevice } from './tab-device.ts';

const cid = 'c'.repeat(32);
const answers: Record<string, object> = {
  register: { t: 'registered', cid, token: 'token' },
  login: { t: 'welcome', session: 's', heartbeat: 60, serverTime: 1, window: 32, bseq: 0 },
};
const leads: Elect = (lead) => {
  queueMicrotask(() => void lead());
  return { stop() {} };
};
const follows: Elect = () => ({ stop() {} });

afterEach(() => vi.unstubAllGlobals());

it('every tab is told the cid once it is stored, not before', async () => {
  vi.stubGlobal('window', new EventTarget());
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  server.on('connection', (peer) => {
    peer.on('message', (data) => {
      const answer = answers[(JSON.parse(String(data)) as { t: string }).t];
      if (answer !== undefined) peer.send(JSON.stringify(answer));
    });
  });
  let store = (): void => {};
  const stored = new Promise<void>((resolve) => {
    store = resolve;
  });
  const storage = {
    load: () => undefined,
    save: (state: DeviceState) => (state.cid === '' ? undefined : stored),
  };
  const told: string[] = [];
  const tab = (name: string, elect: Elect) =>
    new TabDevice(
      {
        url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/sdk/v1`,
        ...{ appId: 'app', name: 'tab-device.test', sign: () => 'a'.repeat(64), storage, onPush: () => {} },
        onCid: (one) => told.push(`${name} ${one}`),
      },
      elect,
    );
  const follower = tab('follower', follows);
  const leader = tab('leader', leads);
  await waitFor('both are online', () => leader.state === 'online' && follower.state === 'online');
  expect(told).toEqual([]);
  store();
  await waitFor('both are told', () => told.length === 2);
  expect(told.sort()).toEqual([`follower ${cid}`, `leader ${cid}`]);
  await leader.close();
  await follower.close();
  server.close();
});
