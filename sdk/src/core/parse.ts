import type { ServerFrame } from '../frames.ts';

type Fields = Record<string, unknown>;

export type Parsed =
  | { kind: 'frame'; frame: ServerFrame }
  /** A kind of frame that a later server may know: to be ignored. */
  | { kind: 'unknown' }
  | { kind: 'malformed'; fault: string };

/** Reads what the server sent, fields that nobody here knows included. Never throws. */
export function parseFrame(text: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'malformed', fault: 'not JSON' };
  }
  if (!isObject(value) || typeof value['t'] !== 'string') return { kind: 'malformed', fault: 'not a frame' };
  const kind = value['t'];
  const fit = checks.get(kind);
  if (fit === undefined) return { kind: 'unknown' };
  if (!fit(value)) return { kind: 'malformed', fault: `${kind}: a field is missing or wrong` };
  return { kind: 'frame', frame: value as unknown as ServerFrame };
}

/** Only what this SDK relies on is checked, so that the server may widen the rest. */
const fits: Record<ServerFrame['t'], (frame: Fields) => boolean> = {
  registered: (frame) => isText(frame['cid']) && isText(frame['token']),
  welcome: (frame) => isNumber(frame['heartbeat']) && frame['heartbeat'] > 0 && isPosition(frame['bseq']),
  push: (frame) =>
    isText(frame['id']) &&
    isText(frame['task']) &&
    isPositionOrNone(frame['seq']) &&
    isPositionOrNone(frame['bseq']) &&
    hasContent(frame),
  reconnect: (frame) => isNumber(frame['after']) && frame['after'] >= 0,
  kick: (frame) => isText(frame['reason']),
  ok: (frame) => isText(frame['rid']) || isNumber(frame['rid']),
  error: (frame) => isText(frame['code']),
  pong: () => true,
};

const checks = new Map(Object.entries(fits));

function hasContent(frame: Fields): boolean {
  const { notification, transmission, revoke } = frame;
  if (notification !== undefined) {
    return (
      isObject(notification) && typeof notification['title'] === 'string' && typeof notification['body'] === 'string'
    );
  }
  if (revoke !== undefined) return isObject(revoke) && isText(revoke['task']);
  return typeof transmission === 'string';
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isPosition(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isPositionOrNone(value: unknown): boolean {
  return value === undefined || isPosition(value);
}
