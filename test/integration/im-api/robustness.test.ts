import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpoints } from '../../../services/im/api/endpoints.ts';
import { waitFor } from '../../rigs/process.ts';
import { ApiRig } from './rig.ts';

describe('what no request may do', () => {
  let rig: ApiRig;
  let app: string;
  let token: string;
  let cid: string;

  beforeAll(async () => {
    rig = await new ApiRig().start();
    app = rig.addApp('app1');
    token = await rig.token(app);
    cid = rig.addDevice(app);
  });
  afterAll(() => rig.stop());

  const path = () => `/v2/${app}/push/single/cid`;
  const push = (body: unknown, headers: Record<string, string> = {}) =>
    rig.call('POST', path(), { token, body, headers });
  /** A request after a fault is served as ever. */
  const worksOn = async () => expect((await push(rig.pushBody(cid))).code).toBe(0);

  /** Writes to a socket of its own and answers all that came back on it. */
  async function raw(...parts: (string | Buffer)[]): Promise<string> {
    const socket = connect(Number(new URL(rig.urls[0]!).port), '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    await once(socket, 'connect');
    for (const part of parts) if (!socket.write(part)) await once(socket, 'drain');
    await once(socket, 'close');
    return text;
  }

  const head = (more: string) => `POST ${path()} HTTP/1.1\r\nHost: x\r\nToken: ${token}\r\n${more}\r\n\r\n`;

  it('a body of 10 MB is refused, and the same connection serves the next request', async () => {
    const large = Buffer.alloc(10 * 1024 * 1024, 'a');
    expect(await push(large)).toEqual({ http: 400, code: 20001, msg: 'body size over limit' });
    const good = JSON.stringify(rig.pushBody(cid));
    const answers = await raw(
      head(`Content-Length: ${large.length}`),
      large,
      head(`Connection: close\r\nContent-Length: ${good.length}`),
      good,
    );
    expect(answers).toMatch(/^HTTP\/1.1 400 .*body size over limit.*HTTP\/1.1 200 .*"msg":"success"/s);
    await worksOn();
  });

  it('a chunked body of 10 MB is refused just so', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'a');
    const chunks = Array.from({ length: 10 }, () => [`${chunk.length.toString(16)}\r\n`, chunk, '\r\n']).flat();
    const answer = await raw(head('Connection: close\r\nTransfer-Encoding: chunked'), ...chunks, '0\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 400 .*body size over limit/s);
    await worksOn();
  });

  it('invalid UTF-8, what is not JSON and half a body are answered as no JSON, at HTTP 200', async () => {
    const invalidUtf8 = Buffer.concat([Buffer.from('{"request_id":"'), Buffer.from([0xff, 0xc0]), Buffer.from('"}')]);
    for (const body of [invalidUtf8, '{"a":', 'a=b', '{} {}', "{'a':1}"]) {
      expect(await push(body)).toEqual({ http: 200, code: 1, msg: 'body is not JSON' });
    }
    await worksOn();
  });

  it('deep nesting is refused before it is parsed', async () => {
    const deep = 1_000_000;
    for (const body of ['['.repeat(deep) + ']'.repeat(deep), `${'{"a":'.repeat(deep / 2)}1${'}'.repeat(deep / 2)}`]) {
      expect(await push(body)).toEqual({ http: 400, code: 20001, msg: 'body is invalid' });
    }
    const shallow = rig.pushBody(cid, { push_channel: { ios: { deep: JSON.parse('['.repeat(28) + ']'.repeat(28)) } } });
    expect((await push(shallow)).code).toBe(0);
  });

  it('prototype keys and brackets within strings do nothing', async () => {
    const text = JSON.stringify(rig.pushBody(cid, { push_message: { transmission: '[{'.repeat(500) } }));
    const body = `{"__proto__":{"request_id":"polluted","x":1},"constructor":{"prototype":{"x":1}},${text.slice(1)}`;
    expect((await push(body)).code).toBe(0);
    expect(({} as { x?: number }).x).toBeUndefined();
    const strategy = JSON.stringify(rig.pushBody(cid, { settings: { strategy: { default: '1' } } }));
    expect((await push(strategy.replace('"default"', '"__proto__"'))).code).toBe(0);
    expect((await push('{"__proto__":{"request_id":"0123456789"}}')).msg).toBe('request_id can not be empty');
  });

  it('any content type is read as JSON, none too', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'nonsense',
      'application/json;charset=GBK',
    ]) {
      expect((await push(rig.pushBody(cid), { 'content-type': type })).code).toBe(0);
    }
    const body = JSON.stringify(rig.pushBody(cid));
    expect(await raw(head(`Connection: close\r\nContent-Length: ${body.length}`), body)).toContain('"code":0');
  });

  it('a body that is missing, null or not an object is a fault of its parameters', async () => {
    for (const body of [undefined, 'null', ' ', '{}']) {
      expect(await push(body)).toEqual({ http: 400, code: 20001, msg: 'request_id can not be empty' });
    }
    for (const body of ['[]', '1', '"text"', 'true']) expect((await push(body)).msg).toBe('body type error');
    const gone = await rig.call('DELETE', `/v2/${app}/user/alias/a`, { token, body: 'null' });
    expect(gone.code).toBe(0);
  });

  it('unknown paths, wrong methods and broken paths are answered in the envelope', async () => {
    const call = (method: string, at: string) => rig.call(method, at, { token });
    expect(await call('GET', '/')).toEqual({ http: 404, code: 404, msg: 'not found' });
    expect(await call('POST', `/v2/${app}/push/nowhere`)).toMatchObject({ http: 404, code: 404 });
    expect(await call('GET', path())).toMatchObject({ http: 405, code: 405 });
    expect(await call('PUT', `/v2/${app}/user/alias`)).toMatchObject({ http: 405, code: 405 });
    expect(await call('POST', '/openapi.json')).toMatchObject({ http: 405, code: 405 });
    expect(await call('GET', `/v2/${app}/user/cid/alias/%zz`)).toMatchObject({ http: 400, code: 20001 });
    expect(await call('GET', `/v2/${app}/user/status/${'a,'.repeat(25_000)}`)).toMatchObject({
      http: 400,
      code: 20001,
    });
    const huge = await call('GET', `/v2/${app}/user/status/${'a'.repeat(70_000)}`);
    expect(huge).toEqual({ http: 400, code: 20001, msg: 'header size over limit' });
    await worksOn();
  });

  it('doubled and trailing slashes are tolerated', async () => {
    const at = `//v2///${app}//push/single//cid/`;
    expect((await rig.call('POST', at, { token, body: rig.pushBody(cid) })).code).toBe(0);
  });

  it('what is not HTTP is answered and closed', async () => {
    expect(await raw('\x16\x03\x01 nonsense\r\n\r\n')).toMatch(/^HTTP\/1.1 400 .*"code":20001/s);
    await worksOn();
  });

  it('a client that leaves midway is of no consequence', async () => {
    const body = JSON.stringify(rig.pushBody(cid));
    const port = Number(new URL(rig.urls[0]!).port);
    const half = connect(port, '127.0.0.1');
    await once(half, 'connect');
    half.write(head('Content-Length: 1000') + body.slice(0, 20), () => half.destroy());
    const { promise, resolve } = Promise.withResolvers<void>();
    rig.bus.gate = promise;
    const before = rig.bus.published.length;
    const gone = connect(port, '127.0.0.1');
    await once(gone, 'connect');
    rig.userRedis.calls.length = 0;
    gone.write(head(`Content-Length: ${body.length}`) + body);
    await waitFor('it is being published', () => rig.userRedis.calls.includes('status'));
    gone.destroy();
    resolve();
    rig.bus.gate = Promise.resolve();
    await waitFor('it was accepted all the same', () => rig.bus.published.length === before + 1);
    await worksOn();
  });

  it('the documents of both protocols are served to anyone, that of the API with every call', async () => {
    const document = (await (await fetch(`${rig.urls[0]}/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).sort()).toEqual(
      [...new Set(endpoints.map(({ path }) => `/v2/{appId}${path.replaceAll(/:(\w+)/g, '{$1}')}`))].sort(),
    );
    const devices = await fetch(`${rig.urls[0]}/asyncapi.json`);
    expect(devices.headers.get('content-type')).toContain('application/json');
    expect(await devices.json()).toMatchObject({ asyncapi: '3.0.0', channels: { device: { address: '/sdk/v1' } } });
    expect(Object.keys(document.paths['/v2/{appId}/user/alias']!).sort()).toEqual(['delete', 'post']);
  });
});
