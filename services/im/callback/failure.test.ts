import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { LongwireError, toLongwireError } from '../../common/errors.ts';
import { createPost } from '../edges/callback/post.ts';
import { failureOf } from './failure.ts';

test('what the network does to a callback is told by its kind', async () => {
  const { post, close } = createPost({ allowInternal: true, tryMs: 300 });
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  const rude = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await Promise.all([silent, rude].map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const at = (server: typeof silent) => `127.0.0.1:${(server.address() as { port: number }).port}`;
  const rudeAt = at(rude);
  const kindOf = async (url: string) =>
    failureOf(await post(url, '').catch((error: unknown) => toLongwireError(error)));
  try {
    expect(await kindOf(`http://${at(silent)}/`)).toBe('timeout');
    expect(await kindOf(`http://${rudeAt}/`)).toBe('closed');
    expect(await kindOf('http://longwire.invalid/')).toBe('no_host');
    expect(await kindOf('no url')).toBe('address');
    await new Promise((resolve) => rude.close(resolve));
    expect(await kindOf(`http://${rudeAt}/`)).toBe('refused');
  } finally {
    await close();
    silent.close();
  }
  const inner = createPost({ allowInternal: false, tryMs: 300 });
  expect(failureOf(await inner.post('http://127.0.0.1:1/', '').catch((error: unknown) => error))).toBe('address');
  await inner.close();
});

test('codes of TLS are those of a certificate, anything else is other', () => {
  expect(failureOf(Object.assign(new Error('tls'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }))).toBe('certificate');
  expect(failureOf(Object.assign(new Error('tls'), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }))).toBe('certificate');
  expect(failureOf(new LongwireError('unavailable', 'no'))).toBe('other');
  expect(failureOf('text')).toBe('other');
});
