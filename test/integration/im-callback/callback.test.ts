import { createHash } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { Identity } from '../../../services/common/identity.ts';
import type { App } from '../../../services/common/protocol/app.ts';
import { Aliases } from '../../../services/im/callback/aliases.ts';
import type { CallbacksDeps } from '../../../services/im/callback/callbacks.ts';
import type { Post } from '../../../services/im/callback/lane.ts';
import { appOf, batchOf, callbacksRig, cidOf, receipt } from '../../../services/im/callback/testing/rig.ts';
import { createPost, type PostOptions } from '../../../services/im/edges/callback/post.ts';
import { CallbackServer } from '../../rigs/callback-server.ts';
import { freePort, waitFor } from '../../rigs/process.ts';

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function server(answer?: RequestListener, port?: number): Promise<CallbackServer> {
  const started = await CallbackServer.start(answer, port);
  ends.push(() => started.stop());
  return started;
}

function realPost(options: Partial<PostOptions> = {}): Post {
  const { post, close } = createPost({ allowInternal: true, tryMs: 5_000, ...options });
  ends.push(close);
  return post;
}

function rig(apps: App[], options: Partial<CallbacksDeps> = {}) {
  const made = callbacksRig(apps, options.post ?? realPost(), options);
  ends.push(async () => made.callbacks.stop(Date.now()));
  return made;
}

const hang: RequestListener = () => {};

test('an upstream gets a POST of lines with message id, alias and a sign that it can check', async () => {
  const upstream = await server();
  const app = appOf('app1', upstream.url);
  const identity = new Identity(['identity-key-of-tests']);
  const aliasesOf = async ({ items }: { items: { cid: string }[] }) => ({
    results: items.map(({ cid }) => ({ alias: cid === cidOf(1) ? '张三' : null })),
  });
  const { callbacks, metric } = rig([app], { identity, aliases: new Aliases({ aliasesOf }, Date.now, () => {}) });
  await callbacks.handle(batchOf([receipt('app1', 'RASS_1', [1, 2]), receipt('app1', 'RASS_1', [1], 'clicked')]));
  const msgid = identity.messageId('app1', 'RASS_1');
  const line = (cid: string, actionId: string) => ({
    ...{ appid: 'app1', cid, taskid: 'RASS_1', msgid, code: '200', desc: 'success', actionId, recvtime: 1_000 },
    sign: createHash('md5').update(`app1${cid}RASS_1${msgid}${app.masterSecret}`).digest('hex'),
  });
  expect(upstream.lines).toEqual([
    { ...line(cidOf(1), '0'), alias: '张三' },
    line(cidOf(2), '0'),
    { ...line(cidOf(1), '10010'), alias: '张三' },
  ]);
  for (const { method, path, contentType } of upstream.posts) {
    expect([method, path, contentType]).toEqual(['POST', '/receipts?of=test', 'text/plain; charset=utf-8']);
  }
  expect(await metric('delivered_total')).toEqual({ '2xx': 3 });
});

test('an upstream that refuses connections at first is told when it takes them, in order', async () => {
  const port = await freePort();
  const post = realPost();
  const started = Promise.withResolvers<CallbackServer>();
  let tries = 0;
  const { callbacks, metric } = rig([appOf('app', `http://127.0.0.1:${port}/`)], {
    async post(url, body) {
      try {
        return await post(url, body);
      } finally {
        if (++tries === 2) started.resolve(await server(undefined, port));
      }
    },
  });
  await callbacks.handle(batchOf([receipt('app', 't', [1])]));
  await callbacks.handle(batchOf([receipt('app', 't', [1], 'shown'), receipt('app', 't', [1], 'clicked')]));
  await waitFor('all is told', () => callbacks.waiting === 0);
  expect((await started.promise).lines.map(({ actionId }) => actionId)).toEqual(['0', '10000', '10010']);
  expect(await metric('dropped_total')).toEqual({});
});

test('an upstream that hangs holds up no other; its receipts time out three times each and are dropped', async () => {
  const [hanging, fast] = [await server(hang), await server()];
  const { callbacks, metric } = rig([appOf('hanging', hanging.url), appOf('fast', fast.url)], {
    ...{ post: realPost({ tryMs: 300 }), promptMs: 100, limits: { callbackMaxWaiting: 1_000 } },
  });
  const begunMs = performance.now();
  for (let device = 0; device < 200; device++) {
    await callbacks.handle(batchOf([receipt('hanging', 't', [device]), receipt('fast', 't', [device])]));
  }
  // Once 100 ms, and then as fast as the other answers.
  expect(performance.now() - begunMs).toBeLessThan(5_000);
  // One answer of it that took over 100 ms, and those that follow aren't waited for either.
  await waitFor('the other has all', () => fast.lines.length === 200);
  expect(fast.lines.map(({ cid }) => cid)).toEqual(Array.from({ length: 200 }, (_, device) => cidOf(device)));
  await waitFor('nothing waits', () => callbacks.waiting === 0, 25_000);
  expect([await metric('delivered_total'), await metric('dropped_total')]).toEqual([
    { '2xx': 200 },
    { unreachable: 200 },
  ]);
  expect(hanging.posts.length % 3).toBe(0);
});

test.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]'])(
  'unless internal targets are allowed, %s is refused',
  async (host) => {
    const upstream = await server();
    const { callbacks, metric } = rig([appOf('app', `http://${host}:${upstream.port}/`)], {
      post: realPost({ allowInternal: false }),
    });
    await callbacks.handle(batchOf([receipt('app', 't', [1])]));
    await waitFor('it is dropped', () => callbacks.waiting === 0);
    expect([await metric('dropped_total'), upstream.connections]).toEqual([{ refused: 1 }, 0]);
  },
);

test.each(['http://[::', 'http://host:99999/', 'https://'])('%s is no target, and refused', async (url) => {
  const { callbacks, metric } = rig([appOf('app', url)]);
  await callbacks.handle(batchOf([receipt('app', 't', [1])]));
  await waitFor('it is dropped', () => callbacks.waiting === 0);
  expect(await metric('dropped_total')).toEqual({ refused: 1 });
});

test('any answer is a success: a redirect is not followed, an error not repeated', async () => {
  const inner = await server();
  const answers = [301, 308, 404, 500];
  const upstream = await server((_, response) => response.writeHead(answers.shift()!, { location: inner.url }).end());
  const { callbacks, metric } = rig([appOf('app', upstream.url)]);
  for (const device of [1, 2, 3, 4]) await callbacks.handle(batchOf([receipt('app', 't', [device])]));
  expect(await metric('delivered_total')).toEqual({ '3xx': 2, '4xx': 1, '5xx': 1 });
  expect([upstream.posts.length, inner.connections]).toEqual([4, 0]);
});

test('what an upstream answers is not read to its end', async () => {
  let writing: NodeJS.Timeout | undefined;
  const cut = Promise.withResolvers<void>();
  const upstream = await server((_, response) => {
    response.on('close', () => {
      clearInterval(writing);
      cut.resolve();
    });
    writing = setInterval(() => response.write('x'.repeat(4_096)), 1);
  });
  const { callbacks, metric } = rig([appOf('app', upstream.url)]);
  await callbacks.handle(batchOf([receipt('app', 't', [1])]));
  await cut.promise;
  expect(await metric('delivered_total')).toEqual({ '2xx': 1 });
});
