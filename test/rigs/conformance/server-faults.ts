import { createHmac, randomBytes } from 'node:crypto';
import type { Frame, ServerFault } from './faulty-server.ts';

interface PlantedFault extends ServerFault {
  name: string;
  /** The rule that is broken, and those that can't hold without it. */
  breaks: string[];
}

const top = Number.MAX_SAFE_INTEGER;

/** Servers that break one rule each. */
export function serverFaults(appId: string, appSecret: string): PlantedFault[] {
  const signed = (frame: Frame, fields: object): Frame => {
    const register = { ...frame, ...fields };
    const text = `${String(register['appId'])}\n${String(register['ts'])}\n${String(register['nonce'])}`;
    return { ...register, sign: createHmac('sha256', appSecret).update(text).digest('hex') };
  };
  const registers =
    (fields: () => object, when: (frame: Frame) => boolean = () => true): ServerFault['fromClient'] =>
    (frame) => {
      const own = frame.t === 'register' && frame['appId'] === appId && isSign(frame['sign']) && when(frame);
      return [own ? signed(frame, fields()) : frame];
    };
  const login = (change: (frame: Frame) => object): ServerFault['fromClient'] => {
    return (frame) => [frame.t === 'login' ? { ...frame, ...change(frame) } : frame];
  };
  const answers = (t: string, change: (frame: Frame) => object): ServerFault['fromServer'] => {
    return (frame) => [frame.t === t ? { ...frame, ...change(frame) } : frame];
  };
  const isBehind = (position: unknown): boolean =>
    Number.isInteger(position) && Number(position) > 0 && Number(position) < top;
  return [
    { name: 'frames that are no frames', breaks: ['D6'], fromServer: answers('welcome', () => ({ session: 7 })) },
    {
      name: 'another code for an unknown t',
      breaks: ['D8'],
      fromServer: answers('error', ({ message }) =>
        String(message).startsWith('t: must be one of') ? { code: 'not_supported' } : {},
      ),
    },
    { name: 'agrees to compression', breaks: ['D16'], compression: true },
    {
      name: 'accepts a wrong sign',
      breaks: ['D21'],
      fromClient: registers(
        () => ({}),
        // That of an app that isn't there is none of an existing one.
        ({ sign }) => sign !== '0'.repeat(64),
      ),
    },
    {
      name: 'accepts any time',
      breaks: ['D23'],
      fromClient: registers(
        () => ({ ts: Date.now() }),
        ({ ts }) => typeof ts === 'number' && Math.abs(ts - Date.now()) > 300_000,
      ),
    },
    {
      name: 'accepts a nonce twice',
      breaks: ['D25'],
      fromClient: registers(
        () => ({ nonce: randomBytes(12).toString('hex') }),
        ({ nonce }) => String(nonce).length === 24,
      ),
    },
    { name: 'the wrong close code', breaks: ['D40'], closeCode: (code) => (code === 4409 ? 4408 : code) },
    { name: 'never pongs', breaks: ['D45'], fromServer: (frame) => (frame.t === 'pong' ? [] : [frame]) },
    { name: 'swaps two pushes', breaks: ['D53'], fromServer: swapped },
    {
      name: 'repeats with another seq',
      breaks: ['D54'],
      fromServer: renumbered(),
    },
    {
      name: 'ignores the seq of a login',
      breaks: ['D56'],
      fromClient: login(({ seq }) => (isBehind(seq) ? { seq: 0 } : {})),
    },
    {
      name: 'sends more than its window',
      breaks: ['D57'],
      fromServer: answers('welcome', ({ window }) => ({ window: Number(window) - 5 })),
    },
    {
      name: 'gives a position to what is sent once',
      breaks: ['D60'],
      fromServer: answers('push', ({ seq, bseq }) => (seq === undefined && bseq === undefined ? { seq: 1 } : {})),
    },
    {
      name: 'ignores the bseq of a login',
      breaks: ['D73'],
      fromClient: login(({ bseq }) => (isBehind(bseq) ? { bseq: 0 } : {})),
    },
    {
      name: 'answers with a rid of another type',
      breaks: ['D75'],
      fromServer: answers('ok', ({ rid }) => ({ rid: String(rid) })),
    },
    { name: 'is full and does not say for how long', breaks: ['D19'], hidesRetryAfter: true },
    {
      name: 'refuses over the rate and does not say for how long',
      breaks: ['D28'],
      fromServer: withoutReconnect((loggedIn) => !loggedIn),
    },
    {
      name: 'another code for a store that is away',
      breaks: ['D29'],
      fromServer: answers('error', ({ code }) => (code === 'unavailable' ? { code: 'rate_limited' } : {})),
    },
    {
      name: 'another code for a disabled app',
      breaks: ['D33'],
      fromServer: answers('error', ({ code }) => (code === 'forbidden' ? { code: 'bad_credentials' } : {})),
    },
    {
      name: 'loses what is pushed while a process is killed',
      breaks: ['D65'],
      fromServer: (frame) => (/ while redis-1 /.test(String(frame['transmission'])) ? [] : [frame]),
    },
    // The relay that all faults are planted in reads on and on.
    { name: 'keeps all for a socket that does not drain', breaks: ['D66'] },
    {
      name: 'goes away without a word',
      breaks: ['D94'],
      fromServer: withoutReconnect((loggedIn) => loggedIn),
    },
    {
      name: 'calls a kick another one',
      breaks: ['D95'],
      fromServer: answers('kick', ({ reason }) => (reason === 'admin' ? { reason: 'replaced' } : {})),
    },
  ];
}

function isSign(sign: unknown): boolean {
  return typeof sign === 'string' && /^[0-9a-f]{64}$/.test(sign);
}

function withoutReconnect(when: (loggedIn: boolean) => boolean): ServerFault['fromServer'] {
  return (frame, state) => {
    state['loggedIn'] ||= frame.t === 'welcome';
    return frame.t === 'reconnect' && when(state['loggedIn'] === true) ? [] : [frame];
  };
}

/** The second of two pushes before the first. One that comes alone is kept for a moment. */
function swapped(frame: Frame, state: Frame, later: (frame: Frame) => void): Frame[] {
  if (frame.t !== 'push' || frame['seq'] === undefined) return [frame];
  const held = state['held'] as Frame | undefined;
  if (held !== undefined) {
    state['held'] = undefined;
    return [frame, held];
  }
  state['held'] = frame;
  setTimeout(() => {
    if (state['held'] !== frame) return;
    state['held'] = undefined;
    later(frame);
  }, 50);
  return [];
}

/** A message that was sent on a connection before comes with the next seq. */
function renumbered(): ServerFault['fromServer'] {
  const seen = new Map<unknown, Frame>();
  return (frame, state) => {
    if (frame.t !== 'push' || frame['seq'] === undefined) return [frame];
    const before = seen.get(frame['id']);
    if (before === undefined) seen.set(frame['id'], state);
    return [before === undefined || before === state ? frame : { ...frame, seq: Number(frame['seq']) + 1 }];
  };
}
