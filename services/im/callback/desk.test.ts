import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { waitFor } from '../../../test/rigs/process.ts';
import { LongwireError } from '../../common/errors.ts';
import { maxCallbackTries } from '../../common/protocol/callback-calls.ts';
import { CallbackDesk } from './desk.ts';
import type { Post } from './lane.ts';
import { appOf, batchOf, callbacksRig, linesOf, receipt } from './testing/rig.ts';

const url = 'http://alive.example/';
const app = appOf('alive', url);
const identity = { messageId: (_: string, task: string) => `${task}.mac` };

test('the last tries of an app are told newest first, those that nobody answered with the reason', async () => {
  let now = 1_000;
  const desk = new CallbackDesk(() => now++);
  let away = true;
  const post: Post = async () => {
    if (away) throw new LongwireError('unavailable', 'connection refused');
    return 204;
  };
  desk.open({ post, find: async () => app, identity });
  const { callbacks } = callbacksRig([app], post, {
    onTry: (...of) => {
      desk.note(...of);
      away = false;
    },
  });
  await callbacks.handle(batchOf([receipt('alive', 't', [1, 2, 3])]));
  await waitFor('it is told', () => callbacks.waiting === 0);
  expect((await desk.handlers.callbackTries({ app: 'alive' })).tries).toEqual([
    { at: 1_001, status: 204, error: null, records: 3 },
    { at: 1_000, status: null, error: 'connection refused', failure: 'other', records: 3 },
  ]);
  expect((await desk.handlers.callbackTries({ app: 'other' })).tries).toEqual([]);
});

test('tries of an app and apps are remembered up to a bound; the app that was tried least lately goes', async () => {
  const desk = new CallbackDesk(() => 1);
  desk.open({ post: async () => 200, find: async () => app, identity });
  const triesOf = async (of: string) => (await desk.handlers.callbackTries({ app: of })).tries?.length;
  for (let n = 0; n < maxCallbackTries + 5; n++) desk.note('first', { status: 200 }, 1);
  expect(await triesOf('first')).toBe(maxCallbackTries);
  for (let n = 0; n < 1_000; n++) desk.note(`app${n}`, { status: 200 }, 1);
  expect([await triesOf('first'), await triesOf('app0'), await triesOf('app999')]).toEqual([0, 1, 1]);
});

test('a test sends one line, signed like a real one, that no real message has, and tells what came of it', async () => {
  const bodies: string[] = [];
  let status: number | LongwireError = 503;
  const post: Post = async (_, body) => {
    bodies.push(body);
    if (typeof status !== 'number') throw status;
    return status;
  };
  const desk = new CallbackDesk(() => 5_000);
  desk.open({ post, find: async (id) => ({ alive: app, none: appOf('none', undefined) })[id] ?? null, identity });
  expect(await desk.handlers.testCallback({ app: 'alive' })).toEqual({
    status: 503,
    error: null,
    ms: expect.any(Number),
  });
  const [line] = linesOf(bodies[0]!);
  const cid = '0'.repeat(32);
  expect(line).toMatchObject({ appid: 'alive', cid, taskid: 'longwire_test', actionId: '0', recvtime: 5_000 });
  const signed = `alive${cid}longwire_testlongwire_test.mac${app.masterSecret}`;
  expect(line!.sign).toBe(createHash('md5').update(signed).digest('hex'));
  status = new LongwireError('bad_request', 'the address is internal');
  expect(await desk.handlers.testCallback({ app: 'alive' })).toMatchObject({
    ...{ status: null, error: 'the address is internal' },
  });
  await expect(desk.handlers.testCallback({ app: 'none' })).rejects.toMatchObject({ code: 'conflict' });
  await expect(desk.handlers.testCallback({ app: 'gone' })).rejects.toMatchObject({ code: 'not_found' });
  expect((await desk.handlers.callbackTries({ app: 'alive' })).tries).toEqual([]);
});

test('an instance without callbacks says so', async () => {
  const desk = new CallbackDesk(() => 1);
  expect(await desk.handlers.callbackTries({ app: 'alive' })).toEqual({ tries: null });
  await expect(desk.handlers.testCallback({ app: 'alive' })).rejects.toMatchObject({ code: 'unavailable' });
});
