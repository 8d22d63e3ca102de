import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { RedisStore } from '../../../services/user-redis/edges/redis-store.ts';
import { Keys } from '../../../services/user-redis/keys.ts';
import { freePort, freeze, waitFor } from '../../rigs/process.ts';
import { startRedis } from '../../rigs/redis.ts';
import { attach, enqueue, newCid, readyInstance, recordOf, seq, seqsOf } from './fixtures.ts';

const commandMs = 300;

/** Room for a slow machine; without a deadline it would be very much longer. */
async function expectUnavailableInTime(work: () => Promise<unknown>): Promise<void> {
  const startMs = performance.now();
  await expect(work()).rejects.toMatchObject({ code: 'unavailable' });
  expect(performance.now() - startMs).toBeLessThan(commandMs + 2_000);
}

test('while Redis hangs, and while it is away, calls fail in time; when it is back they go on with its data', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-away-'));
  let server = await startRedis({ dir });
  const stopped = server.pid;
  try {
    const { calls, store } = await readyInstance(server.url, { commandMs });
    const cid = newCid();
    await enqueue(calls, recordOf(1, [cid]));

    await freeze(stopped);
    await expectUnavailableInTime(() => attach(calls, cid));
    await expectUnavailableInTime(() => enqueue(calls, recordOf(2, [cid])));
    process.kill(stopped, 'SIGCONT');
    await waitFor('calls are answered again', () => attach(calls, cid));

    await server.end('SIGKILL');
    await waitFor('the store is closed', () => !store.open);
    await expectUnavailableInTime(() => attach(calls, cid));
    await expectUnavailableInTime(() => calls.nodes({}));
    server = await startRedis({ dir, port: server.port });
    const found = await waitFor('calls are answered again', () => attach(calls, cid));
    expect(seqsOf(found)[0]).toBe(seq(1));
  } finally {
    await server.end('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  }
});

test('a Redis that can not be reached is one line in the log, however often it is tried', async () => {
  const port = await freePort();
  const lines: { level: number; msg: string; err: { message: string } }[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const store = new RedisStore({ url: `redis://127.0.0.1:${port}`, commandMs, keys: new Keys('away') }, log);
  store.start();
  try {
    await waitFor('it was tried three times', () => lines.length >= 3);
    const warned = lines.filter(({ level }) => level >= pino.levels.values['warn']!);
    expect(warned.map(({ msg }) => msg)).toEqual(['redis can not be reached, trying on']);
    expect(warned[0]!.err.message).toContain(String(port));
    expect(store.open).toBe(false);
  } finally {
    store.stop();
  }
});
