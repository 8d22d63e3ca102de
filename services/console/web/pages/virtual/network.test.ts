import { expect, test } from 'vitest';
import type { WebSocketConstructor } from '../../../../../sdk/src/index.ts';
import { VirtualNetwork } from './network.ts';
import { maxWaiting, type PipeClock, slowMs } from './pipe.ts';

/** A socket whose other end the test holds. */
class HandSocket {
  static made: HandSocket[] = [];
  readonly sent: string[] = [];
  readonly closedWith: (number | undefined)[] = [];
  readonly readyState = 1;
  readonly #listeners = new Map<string, ((event: { data: unknown; code: number }) => void)[]>();

  constructor() {
    HandSocket.made.push(this);
  }
  addEventListener(type: string, listener: (event: { data: unknown; code: number }) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(code?: number): void {
    this.closedWith.push(code);
  }
  tell(type: string, event: Partial<{ data: unknown; code: number }> = {}): void {
    for (const listener of this.#listeners.get(type) ?? []) listener({ data: undefined, code: 0, ...event });
  }
}

function rig() {
  HandSocket.made = [];
  let now = 0;
  let timers: { at: number; run: () => void }[] = [];
  const clock: PipeClock = {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
  };
  const network = new VirtualNetwork(clock);
  const Socket = network.webSocket(HandSocket as unknown as WebSocketConstructor);
  const heard: string[] = [];
  const open = () => {
    const socket = new Socket('ws://x', []);
    socket.addEventListener('open', () => heard.push('open'));
    socket.addEventListener('message', ({ data }) => heard.push(String(data)));
    socket.addEventListener('close', ({ code }) => heard.push(`close ${code}`));
    return socket;
  };
  const pass = (ms: number): void => {
    now += ms;
    for (const timer of timers.filter(({ at }) => at <= now)) {
      timers = timers.filter((one) => one !== timer);
      timer.run();
    }
  };
  return { network, open, heard, pass, real: () => HandSocket.made.at(-1)! };
}

test('a good network passes all at once', () => {
  const { open, heard, real } = rig();
  const socket = open();
  real().tell('open');
  real().tell('message', { data: 'a' });
  socket.send('b');
  expect(heard).toEqual(['open', 'a']);
  expect(real().sent).toEqual(['b']);
  expect(socket.readyState).toBe(1);
});

test('a slow network takes its time and keeps the order', () => {
  const { network, open, heard, pass, real } = rig();
  const socket = open();
  real().tell('open');
  network.change('slow');
  real().tell('message', { data: 'a' });
  pass(slowMs / 2);
  real().tell('message', { data: 'b' });
  socket.send('c');
  expect(heard).toEqual(['open']);
  pass(slowMs / 2);
  expect(heard).toEqual(['open', 'a']);
  expect(real().sent).toEqual([]);
  pass(slowMs / 2);
  expect(heard).toEqual(['open', 'a', 'b']);
  expect(real().sent).toEqual(['c']);
});

test('a network that is cut loses its connections, and new ones come to nothing', () => {
  const { network, open, heard, pass, real } = rig();
  open();
  real().tell('open');
  network.change('cut');
  expect(heard).toEqual(['open', 'close 1006']);
  expect(real().closedWith).toEqual([undefined]);
  open();
  pass(1);
  expect(heard).toEqual(['open', 'close 1006', 'close 1006']);
  expect(HandSocket.made.length).toBe(1);
});

test('a phone that sleeps hears everything when it wakes, in order, and says then what it had to say', () => {
  const { network, open, heard, real } = rig();
  const socket = open();
  real().tell('open');
  network.change('asleep');
  real().tell('message', { data: 'a' });
  real().tell('message', { data: 'b' });
  socket.send('c');
  expect(heard).toEqual(['open']);
  network.change('good');
  expect(heard).toEqual(['open', 'a', 'b']);
  expect(real().sent).toEqual(['c']);
});

test('what waits is bounded: past it the connection is lost', () => {
  const { network, open, heard, real } = rig();
  open();
  real().tell('open');
  network.change('asleep');
  for (let index = 0; index <= maxWaiting; index++) real().tell('message', { data: String(index) });
  expect(heard).toEqual(['open', 'close 1006']);
});
