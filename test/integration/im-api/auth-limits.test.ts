import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loop, openTcp, readHead } from '../../rigs/raw-sockets.ts';
import { ApiRig } from './rig.ts';

const [attacker, neighbour, proxy] = ['127.0.0.2', '127.0.0.3', '127.0.0.9'];

interface Answer {
  http: number;
  code: number;
  headers: IncomingHttpHeaders;
}

describe('authentications by address', () => {
  let rig: ApiRig;
  let app: string;

  beforeEach(async () => {
    rig = await new ApiRig().start();
    app = rig.addApp('app1');
  });
  afterEach(() => rig.stop());

  /** One authentication from an address. */
  async function auth(
    localAddress: string,
    body: object,
    { appId = app, headers = {} }: { appId?: string; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const text = JSON.stringify(body);
    const all = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers };
    const sent = httpRequest(`${rig.urls[0]}/v2/${appId}/auth`, {
      method: 'POST',
      localAddress,
      headers: all,
      agent: false,
    });
    sent.end(text);
    const [response] = await once(sent, 'response');
    const { code } = (await json(response)) as { code: number };
    return { http: response.statusCode, code, headers: response.headers };
  }

  const wrong = () => ({ ...rig.authBody(app), sign: 'f'.repeat(64) });
  const refused = async (what: string): Promise<number> => {
    const found = (await rig.registry.getSingleMetric('longwire_api_refused_total')?.get())?.values;
    return found?.find(({ labels }) => labels['what'] === what)?.value ?? 0;
  };

  it('wrong ones are told so a few times, then answered 10003; the right ones of that address and its neighbour are served', async () => {
    Object.assign(rig.authRates, { addressFailureBurst: 20 });
    const answers: Answer[] = [];
    await loop(300, 10, async () => void answers.push(await auth(attacker, wrong())));
    expect(answers.filter(({ code }) => code === 20001)).toHaveLength(20);
    const late = answers.filter(({ code }) => code === 10003);
    expect(late).toHaveLength(280);
    expect(late.every(({ http }) => http === 401)).toBe(true);
    expect(new Set(late.map(({ headers }) => headers['retry-after'])).size).toBeGreaterThan(10);
    expect(await refused('failure_of_address')).toBe(280);
    for (const address of [attacker, neighbour]) expect((await auth(address, rig.authBody(app))).code).toBe(0);
    expect((await auth(neighbour, wrong())).code).toBe(20001);
  });

  it('for who has failed too often no app is looked up any more', async () => {
    Object.assign(rig.authRates, { addressFailureBurst: 5 });
    let index = 0;
    const invented = () => auth(attacker, wrong(), { appId: `nobody${index++}` });
    await loop(5, 1, async () => void (await invented()));
    const before = rig.userMysql.appsRead;
    await loop(50, 5, async () => expect((await invented()).code).toBe(10003));
    expect(rig.userMysql.appsRead).toBe(before);
    expect(before).toBeGreaterThan(0);
  });

  it('a clock that is off counts as wrong too', async () => {
    Object.assign(rig.authRates, { addressFailureBurst: 2 });
    const codes: number[] = [];
    for (let count = 0; count < 4; count++) codes.push((await auth(attacker, rig.authBody(app, 3_600_000))).code);
    expect(codes).toEqual([20001, 20001, 10003, 10003]);
  });

  it('tries of any kind are bounded before their bodies are read; time and a change of the limit give more', async () => {
    Object.assign(rig.authRates, { addressAuthBurst: 10 });
    const codes: number[] = [];
    for (let count = 0; count < 15; count++) codes.push((await auth(attacker, rig.authBody(app))).code);
    expect(codes).toEqual([...Array(10).fill(0), ...Array(5).fill(10003)]);
    expect(await refused('auth_of_address')).toBe(5);
    expect((await auth(neighbour, rig.authBody(app))).code).toBe(0);
    rig.offsetMs += 110_000;
    expect((await auth(attacker, rig.authBody(app))).code).toBe(0);
    rig.exempt = ['127.0.0.0/24'];
    for (let count = 0; count < 5; count++) expect((await auth(attacker, rig.authBody(app))).code).toBe(0);
    const socket = await openTcp({ port: Number(new URL(rig.urls[0]!).port) });
    rig.exempt = [];
    Object.assign(rig.authRates, { addressAuthBurst: 0 });
    socket.write(`POST /v2/${app}/auth HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n`);
    expect(await readHead(socket)).toContain(' 401 ');
    socket.destroy();
  });

  it('a body that is larger than an authentication can be is refused', async () => {
    expect(await auth(attacker, { ...rig.authBody(app), pad: 'x'.repeat(20_000) })).toMatchObject({
      http: 400,
      code: 20001,
    });
  });

  it('behind trusted proxies clients count by X-Forwarded-For; of others that is not read', async () => {
    Object.assign(rig.authRates, { addressAuthBurst: 1 });
    rig.trusted = [proxy];
    const from = async (localAddress: string, forwarded: string) =>
      (await auth(localAddress, rig.authBody(app), { headers: { 'x-forwarded-for': forwarded } })).code;
    expect(await from(proxy, '198.51.100.1')).toBe(0);
    expect(await from(proxy, '198.51.100.2')).toBe(0);
    expect(await from(proxy, '203.0.113.9, 198.51.100.1')).toBe(10003);
    expect(await from(attacker, '198.51.100.3')).toBe(0);
    expect(await from(attacker, '198.51.100.4')).toBe(10003);
  });
});

it('with the PROXY protocol requests count by whom a trusted proxy connects for', async () => {
  const rig = await new ApiRig().start(1, {}, { proxyProtocol: true });
  const app = rig.addApp('app1');
  Object.assign(rig.authRates, { addressAuthBurst: 1 });
  rig.trusted = [proxy];
  const via = async (header: string): Promise<string> => {
    const socket = await openTcp({ port: Number(new URL(rig.urls[0]!).port), localAddress: proxy });
    const body = JSON.stringify(rig.authBody(app));
    socket.write(`${header}POST /v2/${app}/auth HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    const head = await readHead(socket);
    socket.destroy();
    return head.slice(9, 12);
  };
  expect(await via('PROXY TCP4 198.51.100.1 10.0.0.1 1 2\r\n')).toBe('200');
  expect(await via('PROXY TCP4 198.51.100.2 10.0.0.1 1 2\r\n')).toBe('200');
  expect(await via('PROXY TCP4 198.51.100.1 10.0.0.1 1 2\r\n')).toBe('401');
  expect(await via('')).toBe('');
  await rig.stop();
});
