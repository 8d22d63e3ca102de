import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LongwireError } from '../../../services/common/errors.ts';
import { freePort, waitFor } from '../../rigs/process.ts';
import { clientOf, secret, startServer as startEither } from './fixtures.ts';

const echo = async ({ name }: { name: string }) => ({ text: name });

/** Room for a slow machine beside a deadline. */
const slackMs = 1_500;

async function timed(work: Promise<unknown>): Promise<{ error: unknown; ms: number }> {
  const startMs = performance.now();
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, ms: performance.now() - startMs };
}

async function listening(server: HttpServer | TcpServer): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

describe.each([
  { over: 'streams', plain: false },
  { over: 'HTTP alone', plain: true },
])('over $over', ({ plain }) => {
  const startServer: typeof startEither = (greet, options) => startEither(greet, { ...options, plain });

  describe('what is asked', () => {
    test('a call is answered, and told to the metrics', async () => {
      const seen: unknown[] = [];
      const { url } = await startServer(echo, { observe: (name, seconds, ok) => seen.push([name, seconds > 0, ok]) });
      expect(await clientOf(url).greet({ name: 'Ünïcode 个推' })).toEqual({ text: 'Ünïcode 个推' });
      expect(seen).toEqual([['greet', true, true]]);
    });

    test('any of the server’s secrets is taken, another or none is refused at once', async () => {
      let ran = 0;
      const counting = async () => ({ text: String(++ran) });
      const { url } = await startServer(counting, { secrets: ['a new secret for all', secret] });
      expect(await clientOf(url).greet({ name: 'a' })).toEqual({ text: '1' });
      const refused = await timed(clientOf(url, { secret: 'another secret' }).greet({ name: 'a' }));
      expect(refused.error).toMatchObject({ code: 'unauthorized' });
      const bare = await fetch(`${url}/rpc/greet`, { method: 'POST', body: '{"name":"a"}' });
      expect(bare.status).toBe(401);
      expect(ran).toBe(1);
    });

    test.each([
      ['a field of another type', { name: 1 }, 'name'],
      ['a field that is missing', {}, 'name'],
      ['a field within a field', { name: 'a', device: { age: '7' } }, 'device/age'],
      ['null in place of an object', { name: 'a', device: null }, 'device'],
    ])('%s is a bad request that names it, and is not repeated', async (_what, body, field) => {
      let ran = 0;
      const { url } = await startServer(async () => ({ text: String(++ran) }));
      const { error, ms } = await timed(clientOf(url).greet(body as { name: string }));
      expect(error).toMatchObject({ code: 'bad_request', field });
      expect([ran, ms < 3_000]).toEqual([0, true]);
    });

    test('a body over the limit is too large, and is not repeated', async () => {
      const { url } = await startServer(echo, { bodyLimitBytes: 10_000 });
      const { greet } = clientOf(url);
      for (const length of [10_001, 5_000_000]) {
        const { error, ms } = await timed(greet({ name: 'a'.repeat(length) }));
        expect(error).toMatchObject({ code: 'too_large' });
        expect(ms).toBeLessThan(3_000);
      }
      expect((await greet({ name: 'a'.repeat(9_000) })).text.length).toBe(9_000);
    });

    test('an unknown call is not found', async () => {
      const { url } = await startServer(echo);
      expect((await fetch(`${url}/rpc/nothing`, { method: 'POST' })).status).toBe(404);
    });
  });

  describe('faults', () => {
    test('what a handler says passes through, with its field; what else it throws does not show', async () => {
      const conflict = new LongwireError('conflict', 'taken', { field: 'alias' });
      const { url } = await startServer(async ({ name }) => {
        throw name === 'known' ? conflict : new Error('secret inside');
      });
      const { greet } = clientOf(url);
      expect((await timed(greet({ name: 'known' }))).error).toMatchObject({
        code: 'conflict',
        message: 'taken',
        field: 'alias',
      });
      const { error } = await timed(greet({ name: 'x' }, { deadlineMs: 100 }));
      expect(error).toMatchObject({ code: 'internal', message: 'unexpected fault' });
    });

    test('a fault that may pass is tried again until it does', async () => {
      let tries = 0;
      const { url } = await startServer(async () => {
        if (++tries < 4) throw new LongwireError(tries === 2 ? 'overloaded' : 'unavailable', 'not yet');
        return { text: 'now' };
      });
      expect(await clientOf(url).greet({ name: 'a' })).toEqual({ text: 'now' });
      expect(tries).toBe(4);
    });

    test('while nobody answers a call fails as timeout, or as unavailable, at its deadline', async () => {
      const silent = await listening(createTcpServer((socket) => socket.on('error', () => {})));
      const nobody = `http://127.0.0.1:${await freePort()}`;
      for (const [url, code] of [
        [silent, 'timeout'],
        [nobody, 'unavailable'],
      ] as const) {
        const { error, ms } = await timed(clientOf(url, { tryMs: 150 }).greet({ name: 'a' }, { deadlineMs: 500 }));
        expect(error).toMatchObject({ code });
        expect(ms).toBeLessThan(500 + slackMs);
      }
    });

    test('a try that hangs is made again on another connection', async () => {
      let tries = 0;
      const { url } = await startServer(async () => {
        if (++tries === 1) await new Promise(() => {});
        return { text: `try ${tries}` };
      });
      expect(await clientOf(url, { tryMs: 200, connections: 2 }).greet({ name: 'a' })).toEqual({ text: 'try 2' });
    });

    test.each([
      ['cuts the connection', undefined, 'unavailable'],
      ['is not HTTP', 'hello\r\n\r\n', 'unavailable'],
      ['ends in the middle', 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"te', 'unavailable'],
    ])('an answer that %s is unavailable, at the deadline', async (_what, answer, code) => {
      const url = await listening(
        createTcpServer((socket) => {
          socket.on('error', () => {});
          socket.once('data', () => (answer === undefined ? socket.resetAndDestroy() : socket.end(answer)));
        }),
      );
      const { error, ms } = await timed(clientOf(url).greet({ name: 'a' }, { deadlineMs: 300 }));
      expect(error).toBeInstanceOf(LongwireError);
      expect(error).toMatchObject({ code });
      expect(ms).toBeLessThan(300 + slackMs);
    });

    test.each([
      [200, '<html>', 'unavailable'],
      [502, '<html>bad gateway</html>', 'unavailable'],
      [500, '{"error":{"code":"made up","message":"x"}}', 'unavailable'],
      [418, 'teapot', 'internal'],
    ])('an answer of something in between, %i %s, is %s', async (status, body, code) => {
      const url = await listening(
        createServer((_request, response) => {
          response.writeHead(status).end(body);
        }),
      );
      const { error } = await timed(clientOf(url).greet({ name: 'a' }, { deadlineMs: 200 }));
      expect(error).toBeInstanceOf(LongwireError);
      expect(error).toMatchObject({ code });
    });

    test('close ends what is under way, and repeats nothing', async () => {
      let tries = 0;
      const { url } = await startServer(async () => {
        tries++;
        return new Promise(() => {});
      });
      const client = clientOf(url);
      const call = timed(client.greet({ name: 'a' }));
      await waitFor('the call is under way', () => tries === 1);
      await client.close();
      const { error, ms } = await call;
      expect(error).toMatchObject({ code: 'unavailable' });
      expect([tries, ms < 3_000]).toEqual([1, true]);
    });
  });

  describe('instances behind one port', () => {
    test('when one dies its calls are answered by the other', async () => {
      const port = await freePort();
      const { promise: never } = Promise.withResolvers<void>();
      let dying = 0;
      const first = await startServer(
        async () => {
          dying++;
          await never;
          return { text: 'first' };
        },
        { port },
      );
      const { greet } = clientOf(first.url, { connections: 6 });
      const under = Array.from({ length: 12 }, () => greet({ name: 'a' }, { deadlineMs: 20_000 }));
      await waitFor('calls are under way', () => dying >= 6);
      await startServer(async () => ({ text: 'second' }), { port });
      await first.close();
      expect(new Set((await Promise.all(under)).map(({ text }) => text))).toEqual(new Set(['second']));
    });

    test('connections are made anew at their age, so that an instance that came later gets calls', async () => {
      const port = await freePort();
      const answer = (text: string) => async () => ({ text });
      const { url } = await startServer(answer('first'), { port });
      const { greet } = clientOf(url, { connections: 4, connectionTtlMs: 30 });
      expect(await greet({ name: 'a' })).toEqual({ text: 'first' });
      await startServer(answer('second'), { port });
      await waitFor('the second is asked', async () => (await greet({ name: 'a' })).text === 'second');
      await waitFor('the first is asked too', async () => (await greet({ name: 'a' })).text === 'first');
    });
  });
});

test('over HTTP alone, calls that find no free connection wait for one, within their deadline', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { url } = await startEither(
    async ({ name }) => {
      if (name === 'slow') await promise;
      return { text: name };
    },
    { plain: true },
  );
  const { greet } = clientOf(url, { connections: 1 });
  const slow = greet({ name: 'slow' });
  const late = await timed(greet({ name: 'a' }, { deadlineMs: 150 }));
  expect(late.error).toMatchObject({ code: 'timeout' });
  const patient = greet({ name: 'b' });
  resolve();
  expect(await Promise.all([slow, patient])).toEqual([{ text: 'slow' }, { text: 'b' }]);
});
