import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { actionIdOf, bodyOf, maxLines } from './lines.ts';

const cid = '0123456789abcdef0123456789abcdef';
const app = { appId: 'app1', masterSecret: 'secret' };
const shown = { task: 'RASS_1', msgId: 'RASS_1.mac', actionId: '10000', at: 1_700_000_000_123, cids: [cid] };

test.each([
  ['arrived', '0'],
  ['shown', '10000'],
  ['clicked', '10010'],
  ['custom:90001', '90001'],
  ['custom:90999', '90999'],
])('upstreams know %s as %s', (event, id) => expect(actionIdOf(event)).toBe(id));

test.each(['target', 'sent', 'dismissed', 'custom:90000', 'custom:91000', 'custom:00042', 'custom:10010', 'else'])(
  'upstreams are not told of %s',
  (event) => expect(actionIdOf(event)).toBeUndefined(),
);

test('a line has the fields of the contract, and a sign of app, device, task, message and secret', () => {
  const sign = createHash('md5').update(`app1${cid}RASS_1RASS_1.macsecret`).digest('hex');
  expect(sign).toMatch(/^[0-9a-f]{32}$/);
  const line = JSON.parse(bodyOf(app, [shown], new Map([[cid, '张三_1']])));
  expect(line).toEqual({
    ...{ appid: 'app1', cid, taskid: 'RASS_1', msgid: 'RASS_1.mac', code: '200', desc: 'success' },
    ...{ actionId: '10000', recvtime: 1_700_000_000_123, alias: '张三_1', sign },
  });
});

test('a device without an alias has none in its line', () => {
  expect(JSON.parse(bodyOf(app, [shown], new Map()))).not.toHaveProperty('alias');
});

test('each device of each event is a line, in order, and nothing is after the last', () => {
  const [first, second] = ['a'.repeat(32), 'b'.repeat(32)];
  const body = bodyOf(
    app,
    [
      { ...shown, cids: [second, first] },
      { ...shown, actionId: '10010' },
    ],
    new Map(),
  );
  const lines = body.split('\n').map((line) => JSON.parse(line) as { cid: string; actionId: string });
  expect(lines.map(({ cid: of, actionId }) => [of, actionId])).toEqual([
    [second, '10000'],
    [first, '10000'],
    [cid, '10010'],
  ]);
});

test('the largest body stays under 100 kB', () => {
  const longest = { ...shown, task: 'T'.repeat(64), msgId: 'T'.repeat(81), actionId: '90999' };
  const told = Array.from({ length: maxLines }, () => longest);
  const body = bodyOf({ ...app, appId: 'a'.repeat(64) }, told, new Map([[cid, '张'.repeat(64)]]));
  expect(Buffer.byteLength(body)).toBeLessThan(100_000);
});
