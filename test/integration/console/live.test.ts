import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import Type from 'typebox';
import { expect, onTestFinished, test } from 'vitest';
import { endpoint } from '../../../services/console/calls/endpoint.ts';
import { ConsoleFault } from '../../../services/console/core/fault.ts';
import type { LiveHandler, LiveReader } from '../../../services/console/handlers/handler.ts';
import { ConsoleRig, type Visitor } from './rig.ts';

const counter = endpoint({
  method: 'GET',
  path: '/counter',
  summary: 'Counts',
  needs: 'any',
  answer: Type.Object({ n: Type.Integer(), filler: Type.String() }),
  live: true,
  example: {},
});
const viewer = [{ right: 'viewer' as const, app: '*' }];

/** A live call that shows what it is told to. */
class Counter {
  readonly readers = new Set<LiveReader<{ n: number; filler: string }>>();
  readonly handler = {
    answer: async () => ({ n: 0, filler: '' }),
    watch: (_: unknown, reader: LiveReader<{ n: number; filler: string }>) => {
      this.readers.add(reader);
      reader.show({ n: 0, filler: '' });
      return () => void this.readers.delete(reader);
    },
  };

  show(n: number, filler = ''): void {
    for (const reader of this.readers) reader.show({ n, filler });
  }
}

async function rigWith() {
  const shown = new Counter();
  const handlers = { counter: shown.handler as unknown as LiveHandler };
  const rig = await ConsoleRig.start({}, { calls: { counter }, handlers });
  return { rig, shown, visitor: await rig.visitor('viewer', viewer) };
}

/** A page that looks on; what it gets is read when it is told to. */
async function look(rig: ConsoleRig, visitor: Visitor): Promise<IncomingMessage> {
  const headers = { cookie: `longwire_session=${visitor.cookie}` };
  const sent = request(`${rig.url}/console/api/counter/live`, { headers, agent: false });
  sent.on('error', () => {});
  onTestFinished(() => void sent.destroy());
  const { promise, resolve } = Promise.withResolvers<IncomingMessage>();
  sent.once('response', resolve);
  sent.end();
  return promise;
}

/** Reads on until the text has it. */
async function readUntil(page: IncomingMessage, wanted: string): Promise<string> {
  let text = '';
  page.setEncoding('utf8');
  for await (const chunk of page.iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (text.includes(wanted)) return text;
  }
  throw new Error(`the stream ended without ${wanted}: ${text.slice(0, 500)}`);
}

test('each state comes as an event, under the headers of every answer; a page that goes is forgotten', async () => {
  const { rig, shown, visitor } = await rigWith();
  const page = await look(rig, visitor);
  expect(page.headers).toMatchObject({
    ...{ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-frame-options': 'DENY' },
  });
  await readUntil(page, 'event: state\ndata: {"n":0,"filler":""}\n\n');
  shown.show(1);
  await readUntil(page, '"n":1');
  page.destroy();
  await expect.poll(() => shown.readers.size).toBe(0);
});

test('a page that doesn’t read gets the newest state when it does, and nothing of those between is kept', async () => {
  const { rig, shown, visitor } = await rigWith();
  const page = await look(rig, visitor);
  await expect.poll(() => shown.readers.size).toBe(1);
  const filler = 'x'.repeat(1_000_000);
  for (let n = 1; n <= 200; n++) shown.show(n, filler);
  const text = await readUntil(page, '"n":200,');
  const got = [...text.matchAll(/"n":(\d+),/g)].map(([, n]) => Number(n));
  expect(got.at(-1)).toBe(200);
  // What the socket took before it was full, and the newest one.
  expect(got.length).toBeLessThan(20);
});

test('what fails for now is told, and the page stays', async () => {
  const { rig, shown, visitor } = await rigWith();
  const page = await look(rig, visitor);
  await expect.poll(() => shown.readers.size).toBe(1);
  for (const reader of shown.readers) reader.fail(new ConsoleFault('unavailable', 'some_role_away', { role: 'im' }));
  const told = await readUntil(page, '"role":"im"}}\n\n');
  expect(told).toContain('event: fault\ndata: {"error":{"code":"unavailable","message":"a role does not answer",');
  shown.show(2);
  await readUntil(page, '"n":2');
});

test('one session looks on with twenty pages, all with two hundred; one more is refused, and let in when one goes', async () => {
  const { rig, shown, visitor } = await rigWith();
  const pages = await Promise.all(Array.from({ length: 20 }, () => look(rig, visitor)));
  expect((await look(rig, visitor)).statusCode).toBe(503);
  const others = await Promise.all(Array.from({ length: 9 }, (_, n) => rig.visitor(`viewer${n}`, viewer)));
  for (const other of others) await Promise.all(Array.from({ length: 20 }, () => look(rig, other)));
  expect(shown.readers.size).toBe(200);
  const last = await rig.visitor('last', viewer);
  expect((await look(rig, last)).statusCode).toBe(503);
  pages[0]!.destroy();
  await expect.poll(() => shown.readers.size).toBe(199);
  expect((await look(rig, last)).statusCode).toBe(200);
});

test('a console that stops ends its streams', async () => {
  const { rig, visitor } = await rigWith();
  const page = await look(rig, visitor);
  await readUntil(page, '"n":0');
  const ended = new Promise<void>((resolve) => page.once('close', () => resolve()));
  page.resume();
  await rig.stop();
  await ended;
});
