import Type, { type Static } from 'typebox';
import { channelKinds } from './channel-calls.ts';
import { kickReasons } from './cm-calls.ts';
import { AppId, Cid, Seq, TaskId, TimeMs } from './ids.ts';
import { DeviceInfo } from './user-mysql-calls.ts';

/** The device protocol `longwire.v1`: what each frame holds, in both directions. */
export const subprotocol = 'longwire.v1';
export const sdkPath = '/sdk/v1';

/** Close codes; `docs/protocol.md` says what an SDK does on each. */
export const closeCodes = {
  logout: 1000,
  malformed: 4400,
  refused: 4401,
  forbidden: 4403,
  silent: 4408,
  replaced: 4409,
  tooLarge: 4413,
  tooFast: 4429,
  draining: 4503,
} as const;
export type CloseCode = (typeof closeCodes)[keyof typeof closeCodes];

/** As a browser gives it; what it must be is checked where it is kept, so that a fault of it is answered by its rid. */
const subscription = Type.Record(Type.String(), Type.Unknown());
const kind = Type.Enum([...channelKinds]);

const rid = Type.Union([Type.String({ minLength: 1, maxLength: 64 }), Type.Integer()]);

export const clientFrames = {
  register: Type.Object({
    t: Type.Literal('register'),
    appId: AppId,
    ts: TimeMs,
    nonce: Type.String({ minLength: 8, maxLength: 64 }),
    sign: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    device: DeviceInfo,
    channel: Type.Optional(Type.Object({ kind, subscription })),
  }),
  login: Type.Object({
    t: Type.Literal('login'),
    appId: AppId,
    cid: Cid,
    token: Type.String({ minLength: 1, maxLength: 256 }),
    seq: Seq,
    bseq: Type.Optional(Seq),
  }),
  ack: Type.Object({ t: Type.Literal('ack'), seq: Type.Optional(Seq), bseq: Type.Optional(Seq) }),
  event: Type.Object({
    t: Type.Literal('event'),
    rid: Type.Optional(rid),
    task: TaskId,
    id: Type.String({ minLength: 1, maxLength: 128 }),
    action: Type.Union([
      Type.Literal('shown'),
      Type.Literal('clicked'),
      Type.Literal('dismissed'),
      Type.String({ pattern: '^custom:[0-9]{5}$' }),
    ]),
    at: Type.Optional(TimeMs),
  }),
  alias: Type.Object({
    t: Type.Literal('alias'),
    rid,
    op: Type.Enum(['bind', 'unbind']),
    // What an alias and tags may be is checked where they are bound, so that a fault of them is answered by its rid.
    alias: Type.String(),
  }),
  tags: Type.Object({
    t: Type.Literal('tags'),
    rid,
    set: Type.Array(Type.String()),
  }),
  channel: Type.Object({
    t: Type.Literal('channel'),
    rid,
    kind,
    subscription: Type.Union([subscription, Type.Null()]),
  }),
  ping: Type.Object({ t: Type.Literal('ping') }),
  logout: Type.Object({ t: Type.Literal('logout') }),
};

export type ClientFrames = { [Kind in keyof typeof clientFrames]: Static<(typeof clientFrames)[Kind]> };
export type ClientFrame = ClientFrames[keyof ClientFrames];

const Notification = Type.Object({
  title: Type.String(),
  body: Type.String(),
  clickType: Type.String(),
  url: Type.Optional(Type.String()),
  intent: Type.Optional(Type.String()),
  payload: Type.Optional(Type.String()),
  logo: Type.Optional(Type.String()),
  logoUrl: Type.Optional(Type.String()),
  channelId: Type.Optional(Type.String()),
  channelName: Type.Optional(Type.String()),
  channelLevel: Type.Optional(Type.Integer()),
  badgeAddNum: Type.Optional(Type.Integer()),
  notifyId: Type.Optional(Type.Integer()),
});
export type Notification = Static<typeof Notification>;

/** Exactly one of these is in a push. */
export const PushContent = Type.Union([
  Type.Object({ notification: Notification }),
  Type.Object({ transmission: Type.String() }),
  Type.Object({ revoke: Type.Object({ task: TaskId, force: Type.Boolean() }) }),
]);
export type PushContent = Static<typeof PushContent>;

const pushHead = {
  t: Type.Literal('push'),
  id: Type.String(),
  task: TaskId,
  seq: Type.Optional(Seq),
  bseq: Type.Optional(Seq),
  at: TimeMs,
  exp: TimeMs,
};

export const errorCodesOfFrames = [
  'bad_frame',
  'bad_position',
  'not_logged_in',
  'bad_credentials',
  'forbidden',
  'rate_limited',
  'unavailable',
  'not_supported',
] as const;

/** Why credentials are refused; `docs/protocol.md` says which of them pass. */
export const credentialFaults = ['clock', 'nonce', 'sign', 'token'] as const;
export type CredentialFault = (typeof credentialFaults)[number];

export const serverFrames = {
  registered: Type.Object({ t: Type.Literal('registered'), cid: Cid, token: Type.String() }),
  welcome: Type.Object({
    t: Type.Literal('welcome'),
    session: Type.String(),
    heartbeat: Type.Integer({ minimum: 1, description: 'seconds' }),
    serverTime: TimeMs,
    window: Type.Integer({ minimum: 1 }),
    bseq: Seq,
  }),
  push: Type.Union([
    Type.Object({ ...pushHead, notification: Notification }),
    Type.Object({ ...pushHead, transmission: Type.String() }),
    Type.Object({ ...pushHead, revoke: Type.Object({ task: TaskId, force: Type.Boolean() }) }),
  ]),
  reconnect: Type.Object({ t: Type.Literal('reconnect'), after: Type.Integer({ minimum: 0, description: 'ms' }) }),
  kick: Type.Object({
    t: Type.Literal('kick'),
    reason: Type.Enum([...kickReasons]),
    after: Type.Optional(Type.Integer({ minimum: 0, description: 'ms' })),
  }),
  ok: Type.Object({ t: Type.Literal('ok'), rid }),
  error: Type.Object({
    t: Type.Literal('error'),
    code: Type.Enum([...errorCodesOfFrames]),
    message: Type.String(),
    rid: Type.Optional(rid),
    /** The field at fault, of `bad_position`. */
    field: Type.Optional(Type.Enum(['seq', 'bseq'])),
    /** Of `bad_credentials`. */
    reason: Type.Optional(Type.Enum([...credentialFaults])),
    /** Of `bad_credentials`. */
    serverTime: Type.Optional(TimeMs),
  }),
  pong: Type.Object({ t: Type.Literal('pong') }),
};

export type ServerFrames = { [Kind in keyof typeof serverFrames]: Static<(typeof serverFrames)[Kind]> };
export type ServerFrame = ServerFrames[keyof ServerFrames];
