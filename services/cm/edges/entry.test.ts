import { once } from 'node:events';
import type { Server } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { RawDevice } from '../../../test/rigs/device.ts';
import { waitFor } from '../../../test/rigs/process.ts';
import { type Attempt, attempt, loop, openTcp, readHead, upgradeRequest } from '../../../test/rigs/raw-sockets.ts';
import { listenOn } from '../../common/rpc/app.ts';
import { appId, createNode } from '../testing/node-rig.ts';
import { createDeviceServer, type DeviceServerOptions } from './device-server.ts';

const [attacker, neighbour, proxy] = ['127.0.0.2', '127.0.0.3', '127.0.0.9'];

// Thousands of connections, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function start(more: Partial<DeviceServerOptions> = {}, proxyProtocol = false) {
  const node = createNode({ maxConnections: 10_000 });
  const proxies = { ...node.doors.proxies, proxyProtocol };
  const server = createDeviceServer(node.gateway, { ...node.doors, proxies, ...more }, node.log);
  servers.push(server);
  const port = await listenOn(server, '127.0.0.1', 0, false);
  const cid = '7'.repeat(32);
  const good = { t: 'login', appId, cid, token: node.identity.deviceToken(appId, cid), seq: 0 };
  const bad = { ...good, token: 'wrong' };
  const register = (fields = {}) =>
    RawDevice.registerFrame({ appId, appSecret: 's' }, { ts: node.state.now, ...fields });
  const refused = async (what: string): Promise<number> =>
    (await node.metrics.refused.get()).values.find(({ labels }) => labels['what'] === what)?.value ?? 0;
  return { node, port, good, bad, register, refused };
}

const kinds = ({ frames }: Attempt): string[] => frames.map(({ t, code }) => String(code ?? t));

describe('an attack from one address', () => {
  test('with wrong tokens is told so a few times, then refused; with the right one that address and its neighbour get in', async () => {
    const { node, port, good, bad, refused } = await start();
    Object.assign(node.rates, { addressFailureBurst: 20 });
    const answers: Attempt[] = [];
    await loop(300, 10, async () => void answers.push(await attempt({ port, localAddress: attacker }, bad)));
    expect(answers.filter(({ code }) => code === 4401)).toHaveLength(20);
    const late = answers.filter(({ code }) => code === 4429);
    expect(late).toHaveLength(280);
    for (const answer of late) expect(kinds(answer)).toEqual(['reconnect', 'rate_limited']);
    const waits = late.map(({ frames }) => Number(frames[0]?.['after']));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
    expect(new Set(waits).size).toBeGreaterThan(200);
    expect(await refused('failure_of_address')).toBe(280);
    for (const localAddress of [attacker, neighbour]) {
      expect(kinds(await attempt({ port, localAddress }, good))).toEqual(['welcome']);
    }
    expect((await attempt({ port, localAddress: neighbour }, bad)).code).toBe(4401);
  });

  test('with wrong signs and invented apps has nothing looked up any more; a right registration beside it is taken', async () => {
    const { node, port, register } = await start();
    Object.assign(node.rates, { addressFailureBurst: 10 });
    let index = 0;
    const flood = () => {
      const frame = register({ sign: '0'.repeat(64), appId: `app${index++}` });
      return attempt({ port, localAddress: attacker }, frame, { until: 'registered' });
    };
    await loop(10, 5, async () => void (await flood()));
    const lookUps = node.state.appLookUps;
    const answers: Attempt[] = [];
    await loop(100, 10, async () => void answers.push(await flood()));
    expect(answers.every(({ code }) => code === 4429)).toBe(true);
    expect(node.state.appLookUps).toBe(lookUps);
    for (const localAddress of [attacker, neighbour]) {
      expect(kinds(await attempt({ port, localAddress }, register(), { until: 'registered' }))).toEqual(['registered']);
    }
  });

  test('that registers without end gets as many as an address may; its neighbour registers, and devices of both log in', async () => {
    const { node, port, good, register, refused } = await start();
    Object.assign(node.rates, { addressRegistrationBurst: 50 });
    const answers: Attempt[] = [];
    await loop(500, 20, async () => {
      answers.push(await attempt({ port, localAddress: attacker }, register(), { until: 'registered' }));
    });
    expect(answers.filter((answer) => kinds(answer)[0] === 'registered')).toHaveLength(50);
    expect(answers.filter(({ code }) => code === 4429)).toHaveLength(450);
    expect(await refused('registration_of_address')).toBe(450);
    expect(kinds(await attempt({ port, localAddress: neighbour }, register(), { until: 'registered' }))).toEqual([
      'registered',
    ]);
    for (const localAddress of [attacker, neighbour]) {
      expect(kinds(await attempt({ port, localAddress }, good))).toEqual(['welcome']);
    }
    // Its rate gives it more in time, and a change of the limit at once.
    node.state.now += 1_000;
    node.rates.addressRegistrationsPerSecond = 7;
    expect(kinds(await attempt({ port, localAddress: attacker }, register(), { until: 'registered' }))).toEqual([
      'registered',
    ]);
  });

  test('that connects without end is answered 429 before the upgrade, each with a wait of its own; others get in', async () => {
    const { node, port, good, bad, refused } = await start();
    Object.assign(node.rates, { addressConnectionBurst: 30 });
    const answers: Attempt[] = [];
    await loop(200, 10, async () => void answers.push(await attempt({ port, localAddress: attacker }, bad)));
    const late = answers.filter(({ status }) => status === 429);
    expect(late).toHaveLength(170);
    const waits = late.map(({ head }) => Number(/retry-after: (\d+)/i.exec(head)?.[1]));
    expect(waits.every((wait) => wait >= 1 && wait <= 30)).toBe(true);
    expect(new Set(waits).size).toBeGreaterThan(10);
    expect(await refused('connection_of_address')).toBe(170);
    expect(kinds(await attempt({ port, localAddress: neighbour }, good))).toEqual(['welcome']);
    node.state.exempt = [`${attacker}/32`];
    expect(kinds(await attempt({ port, localAddress: attacker }, good))).toEqual(['welcome']);
  });

  test('that opens connections and says nothing has only so many, and leaves room for others', async () => {
    const { port, good } = await start({ handshakes: { most: 100, mostOfAddress: 10 } });
    const open = await Promise.all(Array.from({ length: 10 }, () => openTcp({ port, localAddress: attacker })));
    const more = await openTcp({ port, localAddress: attacker });
    more.resume();
    await once(more, 'close');
    expect(kinds(await attempt({ port, localAddress: neighbour }, good))).toEqual(['welcome']);
    for (const socket of open) socket.destroy();
    await waitFor(
      'there is room again',
      async () => kinds(await attempt({ port, localAddress: attacker }, good))[0] === 'welcome',
    );
  });
});

test.each([
  ['registrations', { appRegistrationBurst: 5 }, 'registration_of_app'],
  ['logins', { appLoginBurst: 5 }, 'login_of_app'],
] as const)('an app has only so many %s at this node, from wherever they come', async (what, rates, label) => {
  const { node, port, good, register, refused } = await start();
  Object.assign(node.rates, rates);
  const answers: Attempt[] = [];
  for (let index = 0; index < 8; index++) {
    const frame = what === 'logins' ? good : register();
    answers.push(
      await attempt({ port, localAddress: `127.0.1.${index + 1}` }, frame, {
        until: what === 'logins' ? 'welcome' : 'registered',
      }),
    );
  }
  expect(answers.map(({ code }) => code)).toEqual([...Array(5).fill(undefined), 4429, 4429, 4429]);
  expect(await refused(label)).toBe(3);
});

describe('behind proxies', () => {
  const v1 = (address: string) => `PROXY TCP4 ${address} 10.0.0.1 4711 443\r\n`;
  const v2 = (a: number, b: number, c: number, d: number) =>
    Buffer.concat([
      Buffer.from('\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c', 'latin1'),
      Buffer.from([a, b, c, d, 10, 0, 0, 1, 1, 1, 1, 1]),
    ]);

  test('X-Forwarded-For of a trusted one says who it is; of another one it is not read', async () => {
    const { node, port, good } = await start();
    Object.assign(node.rates, { addressConnectionBurst: 1 });
    node.state.trusted = [proxy];
    const from = async (localAddress: string, forwarded: string) =>
      (await attempt({ port, localAddress }, good, { headers: { 'X-Forwarded-For': forwarded } })).status;
    expect(await from(proxy, '198.51.100.1')).toBe(101);
    expect(await from(proxy, '198.51.100.2')).toBe(101);
    expect(await from(proxy, '203.0.113.9, 198.51.100.1')).toBe(429);
    expect(await from(attacker, '198.51.100.3')).toBe(101);
    expect(await from(attacker, '198.51.100.4')).toBe(429);
  });

  test('a PROXY header of a trusted one says who it is, in both versions, in one piece with the request or byte by byte', async () => {
    const { node, port, good } = await start({}, true);
    Object.assign(node.rates, { addressConnectionBurst: 1 });
    node.state.trusted = [proxy];
    const via = async (before: string | Buffer) =>
      (await attempt({ port, localAddress: proxy }, good, { before })).status;
    expect(await via(v1('198.51.100.1'))).toBe(101);
    expect(await via(v2(198, 51, 100, 2))).toBe(101);
    expect(await via(v2(198, 51, 100, 1))).toBe(429);
    const slow = await openTcp({ port, localAddress: proxy });
    slow.setNoDelay(true);
    for (const byte of Buffer.from(v1('198.51.100.3'))) {
      slow.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    slow.write(upgradeRequest());
    expect(await readHead(slow)).toContain(' 101 ');
    expect(node.gateway.all().at(-1)?.wire.address).toBe('198.51.100.3');
    slow.destroy();
  });

  test('of others no PROXY header is read: without one they are served, and what looks like one is no HTTP', async () => {
    const { node, port, good } = await start({}, true);
    node.state.trusted = [proxy];
    expect((await attempt({ port, localAddress: attacker }, good)).status).toBe(101);
    expect((await attempt({ port, localAddress: attacker }, good, { before: v1('198.51.100.1') })).status).toBe(400);
    expect(node.gateway.all().map(({ wire }) => wire.address)).not.toContain('198.51.100.1');
  });

  test.each([
    ['no header', ''],
    ['a malformed one', 'PROXY TCP4 nonsense\r\n'],
    ['one without end', 'PROXY TCP6 '.padEnd(5_000, 'f')],
    ['one of version 2 with a length beyond the bound', Buffer.from('\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff', 'latin1')],
  ])('a trusted one that sends %s is closed, and counted', async (_what, before) => {
    const { node, port, good, refused } = await start({}, true);
    node.state.trusted = [proxy];
    expect((await attempt({ port, localAddress: proxy }, good, { before })).status).toBe(0);
    await waitFor('it is counted', async () => (await refused('proxy_header')) === 1);
    expect((await attempt({ port, localAddress: proxy }, good, { before: v1('198.51.100.1') })).status).toBe(101);
  });
});
