import { pino } from 'pino';
import { expect, test } from 'vitest';
import { Lifecycle } from './lifecycle.ts';

function rig() {
  const lines: string[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (line) => void lines.push(JSON.parse(line).part) });
  return { lifecycle: new Lifecycle(log), lines };
}

test('what started last stops first, one after another, once, however often stop is called', async () => {
  const { lifecycle } = rig();
  const order: string[] = [];
  for (const name of ['bus', 'clients', 'server']) {
    lifecycle.onStop(name, async () => {
      order.push(`${name} begins`);
      await new Promise(setImmediate);
      order.push(`${name} ends`);
    });
  }
  await Promise.all([lifecycle.stop(5_000), lifecycle.stop(5_000)]);
  await lifecycle.stop(5_000);
  expect(order).toEqual(['server', 'clients', 'bus'].flatMap((name) => [`${name} begins`, `${name} ends`]));
});

test('a part that fails to stop, now or later, keeps no other from it', async () => {
  const { lifecycle, lines } = rig();
  let stopped = false;
  lifecycle.onStop('bus', () => {
    stopped = true;
  });
  lifecycle.onStop('later', () => Promise.reject(new Error('later')));
  lifecycle.onStop('now', () => {
    throw new Error('now');
  });
  await lifecycle.stop(5_000);
  expect([stopped, lines]).toEqual([true, ['now', 'later']]);
});

test('a part that hangs is left behind at the deadline, those after it still have a moment', async () => {
  const { lifecycle, lines } = rig();
  let stopped = false;
  lifecycle.onStop('bus', async () => {
    await new Promise(setImmediate);
    stopped = true;
  });
  lifecycle.onStop('hangs', () => new Promise(() => {}));
  const startMs = performance.now();
  await lifecycle.stop(150);
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(140);
  expect([stopped, lines]).toEqual([true, ['hangs']]);
});
