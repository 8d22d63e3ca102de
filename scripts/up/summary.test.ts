import { expect, test } from 'vitest';
import { authBody } from './demo-app.ts';
import { pushHint } from './summary.ts';
import { curlArguments } from './testing/curl-arguments.ts';

const app = { appId: 'demo-1', appKey: 'key', masterSecret: 'master', appSecret: 'app', name: 'demo', disabled: false };
const run = {
  api: 'http://127.0.0.1:8080',
  sdk: 'ws://127.0.0.1:8081/sdk/v1',
  webPush: { publicKey: 'B' },
  app,
  internal: { userMysql: 'http://127.0.0.1:8082', secret: 'internal-secret-16' },
  processes: [],
};

const commands = pushHint(run, 'TOKEN', 'c'.repeat(32)).split('\n');

test('the printed push is one command with a token, a device and a request id of 10 to 32 characters', () => {
  const args = curlArguments(commands.find((line) => line.startsWith('curl')) ?? '');
  expect(args).toContain('http://127.0.0.1:8080/v2/demo-1/push/single/cid');
  expect(args).toContain('token: TOKEN');
  const body = JSON.parse(args.at(-1) ?? '');
  expect(body.request_id).toMatch(/^\d{10,32}$/);
  expect(body.audience).toEqual({ cid: ['c'.repeat(32)] });
  expect(body.push_message.notification).toMatchObject({ title: 'Hello', click_type: 'none' });
});

test('the printed way to a new token signs as the API wants it', () => {
  const args = curlArguments(commands.find((line) => line.startsWith('T=')) ?? '');
  expect(args).toContain('http://127.0.0.1:8080/v2/demo-1/auth');
  const body = JSON.parse(args.at(-1) ?? '');
  expect(body.timestamp).toMatch(/^\d{13}$/);
  expect(body).toEqual(authBody(app, Number(body.timestamp)));
});
