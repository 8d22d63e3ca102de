import { Check } from 'typebox/value';
import { type ClientFrames, clientFrames, serverFrames } from '../../services/common/protocol/device-frames.ts';
import { clientExamples, serverExamples } from '../../services/common/protocol/frame-examples.ts';

/** One frame, and what follows from it. */
export interface FrameVector {
  name: string;
  from: 'client' | 'server';
  /** The text frame as it is on the wire. */
  text: string;
  valid: boolean;
  /** What is answered to an invalid frame of a client; the connection stays, unless it is the third in a row. */
  answer?: { t: 'error'; code: 'bad_frame' };
  /** The field at fault, which `message` names, where it is one. */
  field?: string;
}

type Fields = Record<string, unknown>;
type Change = [field: string, value: unknown, what: string];

const long = (length: number): string => 'x'.repeat(length);
const rids: Change[] = [
  ['rid', long(64), 'of 64 characters'],
  ['rid', -7, 'a negative integer'],
  ['rid', long(65), 'of 65 characters'],
  ['rid', '', 'empty'],
  ['rid', 1.5, 'no integer'],
  ['rid', null, 'null'],
  ['rid', [1], 'a list'],
];
const positions = (field: string): Change[] => [
  [field, 0, '0'],
  [field, Number.MAX_SAFE_INTEGER, '2^53 − 1'],
  [field, 2 ** 53, '2^53'],
  [field, -1, 'negative'],
  [field, 1.5, 'no integer'],
  [field, '18', 'a text'],
];
const apps: Change[] = [
  ['appId', '', 'empty'],
  ['appId', 'a b', 'with a space'],
  ['appId', long(65), 'of 65 characters'],
];

/** Fields that are given another value, by kind of frame. Whether the frame is valid then is up to the definition. */
const changes: { [Kind in keyof ClientFrames]: Change[] } = {
  register: [
    ...apps,
    ['ts', -1, 'negative'],
    ['ts', 1.5, 'no integer'],
    ['ts', '1764000000000', 'a text'],
    ['nonce', long(8), 'of 8 characters'],
    ['nonce', long(64), 'of 64 characters'],
    ['nonce', long(7), 'of 7 characters'],
    ['nonce', long(65), 'of 65 characters'],
    ['sign', 'F'.repeat(64), 'in upper case'],
    ['sign', 'f'.repeat(63), 'of 63 digits'],
    ['device', 'android', 'a text'],
    ['device.platform', 'symbian', 'none of those'],
    ['device.model', long(64), 'of 64 characters'],
    ['device.model', long(65), 'of 65 characters'],
    ['device.os', 16, 'a number'],
    ['device.sdk', long(65), 'of 65 characters'],
    ['channel', { kind: 'pigeon', subscription: {} }, 'of an unknown kind'],
  ],
  login: [
    ...apps,
    ['cid', long(32), 'no hex digits'],
    ['cid', 'A'.repeat(32), 'in upper case'],
    ['cid', 'a'.repeat(31), 'of 31 digits'],
    ['token', '', 'empty'],
    ['token', long(257), 'of 257 characters'],
    ...positions('seq'),
    ...positions('bseq'),
  ],
  ack: [...positions('seq'), ...positions('bseq')],
  event: [
    ...rids,
    ['task', 'a b', 'with a space'],
    ['id', '', 'empty'],
    ['id', long(129), 'of 129 characters'],
    ['action', 'shown', 'shown'],
    ['action', 'dismissed', 'dismissed'],
    ['action', 'swiped', 'none of those'],
    ['action', 'custom:9001', 'custom with four digits'],
    ['action', 'custom:900011', 'custom with six digits'],
    ['at', -1, 'negative'],
    ['at', 'now', 'a text'],
  ],
  alias: [...rids, ['op', 'rename', 'none of those'], ['alias', 7, 'a number']],
  tags: [...rids, ['set', [], 'empty'], ['set', 'vip', 'a text'], ['set', ['vip', 7], 'with a number']],
  channel: [
    ...rids,
    ['kind', 'fcm', "a vendor's"],
    ['kind', 'harmony', "another vendor's"],
    ['kind', 'pigeon', 'none of those'],
    ['subscription', 'https://push.example/', 'a text'],
  ],
  ping: [],
  logout: [],
};

/** Texts that are no frame of any kind. */
const noFrames: [name: string, text: string][] = [
  ['nothing', ''],
  ['no JSON', 'nonsense'],
  ['half of a frame', '{"t":"ping"'],
  ['a list', '[]'],
  ['null', 'null'],
  ['a number', '7'],
  ['without t', '{"rid":1}'],
  ['t of no kind', '{"t":"nosuch"}'],
  ['t of a frame of the server', '{"t":"welcome"}'],
  ['t that is a number', '{"t":1}'],
  ['a name that every object has', '{"t":"toString"}'],
];

const badFrame = { t: 'error', code: 'bad_frame' } as const;

/** Frames as a client sends them, right and wrong. */
export function clientFrameVectors(): FrameVector[] {
  const kinds = Object.keys(clientFrames) as (keyof ClientFrames)[];
  return [
    ...kinds.flatMap((kind) => vectorsOf(kind)),
    ...noFrames.map(([name, text]) => ({ name, from: 'client' as const, text, valid: false, answer: badFrame })),
    {
      name: 'alias: rid is half of a surrogate pair',
      from: 'client',
      text: '{"t":"alias","rid":"\\ud800","op":"bind","alias":"demo_user"}',
      valid: false,
      answer: badFrame,
      field: 'rid',
    },
  ];
}

/** Frames as a server sends them: an SDK takes each of these, and passes over the invalid ones. */
export function serverFrameVectors(): FrameVector[] {
  const kinds = Object.keys(serverFrames) as (keyof typeof serverFrames)[];
  const of = (name: string, text: string, valid: boolean): FrameVector => ({ name, from: 'server', text, valid });
  return [
    ...kinds.flatMap((kind) =>
      serverExamples[kind].flatMap((frame, index) => [
        of(`${kind} ${index + 1}`, JSON.stringify(frame), Check(serverFrames[kind], frame)),
        of(`${kind} ${index + 1} with a field of later`, JSON.stringify({ ...frame, later: { version: 2 } }), true),
      ]),
    ),
    of('a frame of a later version', '{"t":"later","what":{}}', false),
    of('of a server: no JSON', 'nonsense', false),
    of('a push without content', JSON.stringify({ ...serverExamples.push[1], transmission: undefined }), false),
  ];
}

function vectorsOf(kind: keyof ClientFrames): FrameVector[] {
  const examples: Fields[] = clientExamples[kind].map((frame) => ({ ...frame }));
  const [base] = examples as [Fields];
  const whole = examples.map((frame, index) => vector(kind, `${kind} ${index + 1}`, frame));
  const later = vector(kind, `${kind} with a field of later`, { ...base, later: { version: 2 } });
  const missing = Object.keys(base)
    .filter((field) => field !== 't')
    .map((field) => vector(kind, `${kind} without ${field}`, without(base, field), field));
  const changed = changes[kind].map(([field, value, what]) =>
    vector(kind, `${kind}: ${field} is ${what}`, withField(base, field, value), field),
  );
  return [...whole, later, ...missing, ...changed];
}

function vector(kind: keyof ClientFrames, name: string, frame: Fields, field?: string): FrameVector {
  const valid = Check(clientFrames[kind], frame);
  const head = { name, from: 'client' as const, text: JSON.stringify(frame), valid };
  return valid ? head : { ...head, answer: badFrame, ...(field === undefined ? {} : { field }) };
}

function without(frame: Fields, field: string): Fields {
  const { [field]: _, ...rest } = frame;
  return rest;
}

function withField(frame: Fields, field: string, value: unknown): Fields {
  const [outer, inner] = field.split('.') as [string, string?];
  return { ...frame, [outer]: inner === undefined ? value : { ...(frame[outer] as Fields), [inner]: value } };
}
