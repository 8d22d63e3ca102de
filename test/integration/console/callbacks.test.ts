import { expect, onTestFinished, test } from 'vitest';
import { LongwireError } from '../../../services/common/errors.ts';
import { Health } from '../../../services/common/health.ts';
import { createLog } from '../../../services/common/log.ts';
import { createRegistry } from '../../../services/common/metrics.ts';
import { callbackCalls } from '../../../services/common/protocol/callback-calls.ts';
import { createInternalApp, listen, serveOps } from '../../../services/common/rpc/app.ts';
import { serveCalls } from '../../../services/common/rpc/server.ts';
import { CallbackDesk } from '../../../services/im/callback/desk.ts';
import { appOf } from '../../../services/im/callback/testing/rig.ts';
import { ConsoleRig, randomName } from './rig.ts';

const secret = 'a-secret-of-internal-calls';
const admin = [{ right: 'admin' as const, app: '*' }];

/** The ops port of an instance of im, with or without the part that tells upstreams. */
async function startIm(runs: boolean, post = async (): Promise<number> => 200) {
  const log = createLog('im', 'test', 'fatal');
  const ops = createInternalApp(log);
  serveOps(ops, new Health(), createRegistry('im', randomName()));
  const desk = new CallbackDesk(Date.now);
  const find = async (id: string) => appOf(id, id === 'mute' ? undefined : 'http://x.example/');
  if (runs) desk.open({ post, find, identity: { messageId: () => 'id' } });
  serveCalls(ops, callbackCalls, desk.handlers, { secrets: [secret] });
  const port = await listen(ops, '127.0.0.1', 0, false);
  onTestFinished(() => ops.close());
  return { desk, target: `im=127.0.0.1:${port}`, close: () => ops.close() };
}

test('tries of all instances of im are one list, newest first; a test is sent once, by one that tells upstreams', async () => {
  let sent = 0;
  const post = async () => {
    sent++;
    if (sent > 1) throw new LongwireError('unavailable', 'nobody there');
    return 418;
  };
  const [one, two, three] = [await startIm(false), await startIm(true, post), await startIm(true, post)];
  const rig = await ConsoleRig.start({ LONGWIRE_INSTANCES: [one, two, three].map(({ target }) => target).join() });
  await rig.addApp('demo');
  const visitor = await rig.visitor('alice', admin);
  two.desk.note('demo', { status: 200 }, 3);
  three.desk.note('demo', { error: new LongwireError('timeout', 'no answer in time') }, 1);
  two.desk.note('other', { status: 500 }, 9);
  const told = await visitor.call<{ items: { at: number }[] }>('callbacks');
  expect(told.error).toBeUndefined();
  const { items } = told.body;
  expect(items).toHaveLength(2);
  expect(items).toEqual(
    expect.arrayContaining([
      { at: expect.any(Number), status: 200, error: null, records: 3 },
      { at: expect.any(Number), status: null, error: 'no answer in time', failure: 'other', records: 1 },
    ]),
  );
  expect(items[0]!.at).toBeGreaterThanOrEqual(items[1]!.at);
  expect((await visitor.call('testCallback')).body).toEqual({ status: 418, error: null, ms: expect.any(Number) });
  expect((await visitor.call('testCallback')).body).toMatchObject({ status: null, error: 'nobody there' });
  expect(sent).toBe(2);
  expect((await visitor.call('testCallback', { params: { app: 'mute' } })).error).toMatchObject({
    ...{ code: 'conflict', field: 'callbackUrl' },
  });
  expect((await rig.auditRows({ action: 'testCallback' })).map(({ result }) => result)).toEqual([
    'failed',
    'done',
    'done',
  ]);
});

test('without an instance that tells upstreams im is named as away', async () => {
  const none = await startIm(false);
  const rig = await ConsoleRig.start({ LONGWIRE_INSTANCES: none.target });
  await rig.addApp('demo');
  const visitor = await rig.visitor('alice', admin);
  const unavailable = { status: 503, error: { code: 'unavailable', role: 'im' } };
  expect(await visitor.call('callbacks')).toMatchObject(unavailable);
  expect(await visitor.call('testCallback')).toMatchObject(unavailable);
});
