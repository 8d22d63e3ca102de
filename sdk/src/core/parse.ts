import type { ServerFrame } from '../frames.ts';
import { isName, isObject, isPosition, isText, misfit, optional, type Shape, shaped } from './checks.ts';

/** Neither of the two for a kind of frame that a later server may know: to be ignored. */
export interface Parsed {
  frame?: ServerFrame;
  fault?: string;
}

/** Reads what the server sent, fields that nobody here knows included. Never throws. */
export function parseFrame(text: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Said below.
  }
  if (!isObject(value) || !isText(value['t'])) return { fault: 'not a frame: no JSON object with a text `t`' };
  const shape = shapes.get(value['t']);
  if (shape === undefined) return {};
  const field = misfit(value, shape);
  if (field !== undefined) return { fault: `${value['t']}: ${field} is missing or wrong` };
  return { frame: value as unknown as ServerFrame };
}

const isTime = (value: unknown): boolean => Number.isFinite(value) && (value as number) >= 0;

/** Only what this SDK relies on is checked, so that the server may widen the rest. */
const fields: Record<ServerFrame['t'], Shape> = {
  registered: { cid: isName, token: isName },
  welcome: { heartbeat: (seconds) => isTime(seconds) && seconds !== 0, bseq: isPosition },
  push: {
    id: isName,
    task: isName,
    seq: optional(isPosition),
    bseq: optional(isPosition),
    notification: optional(shaped({ title: isText, body: isText })),
    revoke: optional(shaped({ task: isName })),
    transmission: (text, { notification, revoke }) => isText(text) || isObject(notification ?? revoke),
  },
  reconnect: { after: isTime },
  kick: { reason: isName },
  ok: { rid: (rid) => isName(rid) || Number.isFinite(rid) },
  error: { code: isName },
  pong: {},
};

const shapes = new Map(Object.entries(fields));
