import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { type Agent, request } from 'undici';
import { afterEach, expect, test } from 'vitest';
import { type GuardedAgentOptions, guardedAgent } from './guarded-agent.ts';

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function agent(options: Partial<GuardedAgentOptions> = {}): Agent {
  const base = { allowInternal: false, connectMs: 2_000, answerMs: 2_000, socketsPerTarget: 2, maxTargets: 10 };
  const made = guardedAgent({ ...base, ...options });
  ends.push(() => made.destroy());
  return made;
}

async function listen<S extends Server>(server: S, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

/** A server on loopback that counts who connects to it. */
async function target(answer: RequestListener = (_, response) => response.end('hello')) {
  const server = createServer(answer);
  const seen = { connections: 0, requests: 0, port: 0 };
  server.on('connection', () => seen.connections++).on('request', () => seen.requests++);
  ends.push(() => server.closeAllConnections());
  seen.port = await listen(server);
  return seen;
}

const post = (url: string, dispatcher: Agent) => request(url, { method: 'POST', body: 'x', dispatcher });
const refused = { name: 'LongwireError', code: 'bad_request' };

test.each([
  ...['127.0.0.1', '127.1', '2130706433', '0x7f.0.0.1', '0', '[::1]', '[::ffff:127.0.0.1]', '[::]', '169.254.169.254'],
  ...['10.0.0.1', '[fe80::1]', '[64:ff9b::7f00:1]', 'localhost', 'LOCALHOST'],
])('http://%s is refused, and nothing connects', async (host) => {
  const seen = await target();
  await expect(post(`http://${host}:${seen.port}/`, agent())).rejects.toMatchObject(refused);
  await expect(post(`https://${host}:${seen.port}/`, agent())).rejects.toMatchObject(refused);
  expect(seen.connections).toBe(0);
});

test.each([
  [['127.0.0.1'], 4],
  [['8.8.8.8', '127.0.0.1'], 4],
  [['2606:4700::1111', '::1'], 6],
  [['::ffff:127.0.0.1'], 6],
])('a name is refused if any of its addresses is internal: %j', async (addresses, family) => {
  const seen = await target();
  const resolve = async () => addresses.map((address) => ({ address, family }));
  await expect(post(`http://example.com:${seen.port}/`, agent({ resolve }))).rejects.toMatchObject(refused);
  expect(seen.connections).toBe(0);
});

test('what is looked at is what is connected to: a connection takes one look-up, and its answer', async () => {
  const seen = await target();
  let asked = 0;
  const resolve = async () => {
    asked++;
    return [{ address: '127.0.0.1', family: 4 }];
  };
  const { body } = await post(`http://example.com:${seen.port}/`, agent({ allowInternal: true, resolve }));
  await body.dump();
  await expect(post(`http://example.com:${seen.port}/`, agent({ resolve }))).rejects.toMatchObject(refused);
  expect({ asked, connections: seen.connections }).toEqual({ asked: 2, connections: 1 });
});

test('where internal addresses are allowed, literal ones and names are connected to', async () => {
  const seen = await target();
  const allowed = agent({ allowInternal: true });
  for (const host of ['127.0.0.1', 'localhost']) {
    const { statusCode, body } = await post(`http://${host}:${seen.port}/`, allowed);
    expect([statusCode, await body.text()]).toEqual([200, 'hello']);
  }
  expect(seen.requests).toBe(2);
});

test('a redirect is an answer like any other', async () => {
  const inner = await target();
  const outer = await target((_, response) => {
    response.writeHead(307, { location: `http://127.0.0.1:${inner.port}/` }).end();
  });
  const { statusCode, body } = await post(`http://127.0.0.1:${outer.port}/`, agent({ allowInternal: true }));
  await body.dump();
  expect([statusCode, inner.connections]).toEqual([307, 0]);
});

test('no more connections to one target than allowed: further requests wait', async () => {
  const waiting: (() => void)[] = [];
  const arrived = Promise.withResolvers<void>();
  const seen = await target((_, response) => {
    if (waiting.push(() => response.end()) === 2) arrived.resolve();
  });
  const allowed = agent({ allowInternal: true });
  const all = Promise.all(Array.from({ length: 5 }, () => post(`http://127.0.0.1:${seen.port}/`, allowed)));
  const answers = all.then((each) => Promise.all(each.map(({ body }) => body.dump())));
  await arrived.promise;
  expect(seen).toMatchObject({ connections: 2, requests: 2 });
  const answering = setInterval(() => waiting.shift()?.(), 1);
  await answers;
  clearInterval(answering);
  expect(seen).toMatchObject({ connections: 2, requests: 5 });
});

test('a target beyond the most that there may be fails at once; one that is gone makes room', async () => {
  const [one, two] = [
    await target(),
    await target((_, response) => response.writeHead(200, { connection: 'close' }).end()),
  ];
  const allowed = agent({ allowInternal: true, maxTargets: 1 });
  const gone = Promise.withResolvers<void>();
  allowed.on('disconnect', () => gone.resolve());
  await (await post(`http://127.0.0.1:${two.port}/`, allowed)).body.dump();
  await gone.promise;
  await (await post(`http://127.0.0.1:${one.port}/`, allowed)).body.dump();
  await expect(post(`http://127.0.0.1:${two.port}/`, allowed)).rejects.toMatchObject({
    code: 'UND_ERR_MAX_ORIGINS_REACHED',
  });
});

test('a target that accepts and never answers fails after the deadline for answers', async () => {
  const server = createTcpServer(() => {});
  const port = await listen(server.on('connection', (socket) => ends.push(() => socket.destroy())));
  const hanging = post(`http://127.0.0.1:${port}/`, agent({ allowInternal: true, answerMs: 100 }));
  await expect(hanging).rejects.toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' });
});

test('a look-up that hangs is cut off by the deadline for connecting, and holds one place only', async () => {
  let asked = 0;
  const resolve = () => {
    asked++;
    return new Promise<never>(() => {});
  };
  const guarded = agent({ resolve, connectMs: 100 });
  const tries = Array.from({ length: 2 }, () => post('http://example.com/', guarded));
  for (const outcome of await Promise.allSettled(tries)) {
    expect(outcome).toMatchObject({ reason: { code: 'UND_ERR_CONNECT_TIMEOUT' } });
  }
  expect(asked).toBe(1);
});
