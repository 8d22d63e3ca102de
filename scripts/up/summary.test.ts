import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { authBody } from './demo-app.ts';
import { pushHint } from './summary.ts';

const app = { appId: 'demo-1', appKey: 'key', masterSecret: 'master', appSecret: 'app', name: 'demo', disabled: false };
const run = { api: 'http://127.0.0.1:8080', sdk: 'ws://127.0.0.1:8081/sdk/v1', app, processes: [] };

/** Runs a printed command in a shell where `curl` only notes its arguments. */
function argumentsOf(command: string): string[] {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-curl-'));
  try {
    writeFileSync(join(dir, 'curl'), `#!/bin/sh\nfor a in "$@"; do printf '%s\\n' "$a" >> ${dir}/args; done\n`);
    chmodSync(join(dir, 'curl'), 0o755);
    execFileSync('sh', ['-c', command], { env: { PATH: `${dir}:${process.env['PATH']}` } });
    return readFileSync(join(dir, 'args'), 'utf8').trimEnd().split('\n');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const commands = pushHint(run, 'TOKEN', 'c'.repeat(32)).split('\n');

test('the printed push is one command with a token, a device and a request id of 10 to 32 characters', () => {
  const args = argumentsOf(commands.find((line) => line.startsWith('curl')) ?? '');
  expect(args).toContain('http://127.0.0.1:8080/v2/demo-1/push/single/cid');
  expect(args).toContain('token: TOKEN');
  const body = JSON.parse(args.at(-1) ?? '');
  expect(body.request_id).toMatch(/^\d{10,32}$/);
  expect(body.audience).toEqual({ cid: ['c'.repeat(32)] });
  expect(body.push_message.notification).toMatchObject({ title: 'Hello', click_type: 'none' });
});

test('the printed way to a new token signs as the API wants it', () => {
  const args = argumentsOf(commands.find((line) => line.startsWith('T=')) ?? '');
  expect(args).toContain('http://127.0.0.1:8080/v2/demo-1/auth');
  const body = JSON.parse(args.at(-1) ?? '');
  expect(body.timestamp).toMatch(/^\d{13}$/);
  expect(body).toEqual(authBody(app, Number(body.timestamp)));
});
