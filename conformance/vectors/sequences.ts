/** What happens next in a sequence of frames. */
export type Step =
  /** The client sends this frame. */
  | { client: Frame }
  /** The client sends this text, which is no frame that fits. */
  | { clientText: string }
  /** The server sends this frame. */
  | { server: Frame }
  /** The server closes the connection with this code. */
  | { serverCloses: number }
  /** The client makes a connection. */
  | { connects: true }
  /** The connection is cut, and nobody is told. */
  | { cut: true }
  /** The app gets this message: at this point, and only where a step says so. */
  | { app: string };

export type Frame = { t: string; [field: string]: unknown };

/**
 * Frames of one device in their order. Whoever is bound must do its steps when the other side has done those before; frames of
 * its own that no step names (`ping`, `pong`, `ack` where a step asks for a later one) may stand between.
 *
 * Texts that begin with `$` stand for values: `$appId`, `$ts`, `$nonce` and `$sign` are the client's own, right ones;
 * `$cid` and `$token` are what `registered` gave; `$any` is any value. Fields that a step of the side that is bound leaves
 * out may have any value.
 */
export interface Sequence {
  name: string;
  /** Who is bound by it. */
  binds: 'server' | 'client';
  /** Numbers of the rules that it shows. */
  rules: string[];
  steps: Step[];
}

const register = {
  t: 'register',
  appId: '$appId',
  ts: '$ts',
  nonce: '$nonce',
  sign: '$sign',
  device: { platform: 'other' },
};
const registered = { t: 'registered', cid: '$cid', token: '$token' };
const login = { t: 'login', appId: '$appId', cid: '$cid', token: '$token' };
const anyWelcome = {
  t: 'welcome',
  session: '$any',
  heartbeat: '$any',
  serverTime: '$any',
  window: '$any',
  bseq: '$any',
};
const welcome = { t: 'welcome', session: 's', heartbeat: 30, serverTime: 1_764_000_000_000, window: 32, bseq: 0 };
const push = (id: string, position: { seq?: number; bseq?: number }): Frame => ({
  ...{ t: 'push', id, task: `task_${id}`, ...position },
  ...{ at: 1_764_000_000_000, exp: 1_864_000_000_000, transmission: id },
});

const ofServers: Sequence[] = [
  {
    name: 'a first start',
    binds: 'server',
    rules: ['D20', 'D30', 'D34'],
    steps: [
      { connects: true },
      { client: register },
      { server: registered },
      { client: { ...login, seq: 0 } },
      { server: anyWelcome },
    ],
  },
  {
    name: 'ping before and after the login',
    binds: 'server',
    rules: ['D45'],
    steps: [
      { connects: true },
      { client: { t: 'ping' } },
      { server: { t: 'pong' } },
      { client: register },
      { server: registered },
      { client: { ...login, seq: 0 } },
      { server: anyWelcome },
      { client: { t: 'ping' } },
      { server: { t: 'pong' } },
    ],
  },
  {
    name: 'three malformed frames in a row',
    binds: 'server',
    rules: ['D9', 'D12'],
    steps: [
      { connects: true },
      { clientText: 'nonsense' },
      { server: { t: 'error', code: 'bad_frame', message: '$any' } },
      { clientText: '[]' },
      { server: { t: 'error', code: 'bad_frame', message: '$any' } },
      { clientText: '{"t":"nosuch"}' },
      { server: { t: 'error', code: 'bad_frame', message: '$any' } },
      { serverCloses: 4400 },
    ],
  },
  {
    name: 'a call before the login',
    binds: 'server',
    rules: ['D35'],
    steps: [
      { connects: true },
      { client: { t: 'alias', rid: 'a1', op: 'bind', alias: 'demo_user' } },
      { server: { t: 'error', code: 'not_logged_in', message: '$any', rid: 'a1' } },
      { client: register },
      { server: registered },
    ],
  },
  {
    name: 'a wrong token',
    binds: 'server',
    rules: ['D31'],
    steps: [
      { connects: true },
      { client: register },
      { server: registered },
      { client: { ...login, token: 'wrong', seq: 0 } },
      { server: { t: 'error', code: 'bad_credentials', message: '$any' } },
      { serverCloses: 4401 },
    ],
  },
  {
    name: 'a second login, calls and a logout',
    binds: 'server',
    rules: ['D37', 'D75', 'D78', 'D93'],
    steps: [
      { connects: true },
      { client: register },
      { server: registered },
      { client: { ...login, seq: 0 } },
      { server: anyWelcome },
      { client: { ...login, seq: 0 } },
      { server: { t: 'error', code: 'bad_frame', message: '$any' } },
      { client: { t: 'tags', rid: 1, set: ['vip'] } },
      { server: { t: 'ok', rid: 1 } },
      { client: { t: 'tags', rid: 2, set: ['a b'] } },
      { server: { t: 'error', code: 'bad_frame', message: '$any', rid: 2 } },
      { client: { t: 'logout' } },
      { serverCloses: 1000 },
    ],
  },
  {
    name: 'a position that there is not',
    binds: 'server',
    rules: ['D42'],
    steps: [
      { connects: true },
      { client: register },
      { server: registered },
      { client: { ...login, seq: 0 } },
      { server: anyWelcome },
      { client: { t: 'ack', seq: Number.MAX_SAFE_INTEGER } },
      { server: { t: 'error', code: 'bad_position', message: '$any', field: 'seq' } },
    ],
  },
];

const firstStart: Step[] = [
  { connects: true },
  { client: register },
  { server: registered },
  { client: { ...login, seq: 0 } },
  { server: welcome },
];

const ofClients: Sequence[] = [
  {
    name: 'a first start, and two messages',
    binds: 'client',
    rules: ['D110', 'D113', 'D121', 'D122'],
    steps: [
      ...firstStart,
      { server: push('one', { seq: 5 }) },
      { server: push('two', { seq: 9 }) },
      { app: 'one' },
      { app: 'two' },
      { client: { t: 'ack', seq: 9 } },
    ],
  },
  {
    name: 'a message that comes again after a cut',
    binds: 'client',
    rules: ['D116', 'D126', 'D150'],
    steps: [
      ...firstStart,
      { server: push('one', { seq: 5 }) },
      { app: 'one' },
      { client: { t: 'ack', seq: 5 } },
      { cut: true },
      { connects: true },
      { client: { ...login, seq: 5 } },
      { server: welcome },
      { server: push('one', { seq: 5 }) },
      { server: push('two', { seq: 6 }) },
      { app: 'two' },
      { client: { t: 'ack', seq: 6 } },
    ],
  },
  {
    name: 'one message at two positions',
    binds: 'client',
    rules: ['D128', 'D129'],
    steps: [
      ...firstStart,
      { server: push('one', { seq: 5 }) },
      { app: 'one' },
      { server: push('one', { seq: 6 }) },
      { client: { t: 'ack', seq: 6 } },
      { server: push('two', { seq: 7 }) },
      { app: 'two' },
    ],
  },
  {
    name: 'a broadcast, and the cursor at the next login',
    binds: 'client',
    rules: ['D117', 'D132'],
    steps: [
      ...firstStart,
      { server: push('all', { bseq: 40 }) },
      { app: 'all' },
      { client: { t: 'ack', bseq: 40 } },
      { serverCloses: 4503 },
      { connects: true },
      { client: { ...login, seq: 0, bseq: 40 } },
      { server: welcome },
    ],
  },
  {
    name: 'a position that the server takes back',
    binds: 'client',
    rules: ['D134'],
    steps: [
      ...firstStart,
      { server: push('one', { seq: 50 }) },
      { app: 'one' },
      { client: { t: 'ack', seq: 50 } },
      { cut: true },
      { connects: true },
      { client: { ...login, seq: 50 } },
      { server: { t: 'error', code: 'bad_position', message: 'seq: is beyond the highest', field: 'seq' } },
      { server: welcome },
      { server: push('one', { seq: 3 }) },
      { server: push('two', { seq: 4 }) },
      { app: 'two' },
      { client: { t: 'ack', seq: 4 } },
    ],
  },
  {
    name: 'frames of a later version',
    binds: 'client',
    rules: ['D103', 'D104'],
    steps: [
      ...firstStart,
      { server: { t: 'later', what: {} } },
      { server: { ...push('one', { seq: 1 }), later: true } },
      { app: 'one' },
      { client: { t: 'ack', seq: 1 } },
    ],
  },
];

export const sequences: Sequence[] = [...ofServers, ...ofClients];
