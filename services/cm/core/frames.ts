import { Compile } from 'typebox/compile';
import { type ClientFrame, clientFrames, type ServerFrame } from '../../common/protocol/device-frames.ts';
import { brokenText } from '../../common/well-formed.ts';

export type Parsed = { ok: true; frame: ClientFrame } | { ok: false; fault: string };

const validators = new Map(Object.entries(clientFrames).map(([kind, schema]) => [kind, Compile(schema)]));

/** Reads one client frame. Unknown fields are ignored; a fault names the field, in words that never repeat its content. */
export function parseFrame(text: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, fault: 'the frame is not JSON' };
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return { ok: false, fault: 'the frame is not a JSON object' };
  }
  const { t } = value as { t?: unknown };
  const validator = typeof t === 'string' ? validators.get(t) : undefined;
  if (!validator) return { ok: false, fault: `t: must be one of ${[...validators.keys()].join(', ')}` };
  const broken = brokenText(text, value);
  if (broken !== undefined) {
    const field = broken.slice(1).replaceAll('/', '.').slice(0, 100);
    return { ok: false, fault: `${field}: holds half of a surrogate pair, which is no text` };
  }
  if (validator.Check(value)) return { ok: true, frame: value as ClientFrame };
  const [error] = validator.Errors(value);
  const field = error?.instancePath.slice(1).replaceAll('/', '.') || requiredField(error) || 'frame';
  return { ok: false, fault: `${field}: ${error?.message ?? 'is invalid'}`.slice(0, 200) };
}

export function encodeFrame(frame: ServerFrame): string {
  return JSON.stringify(frame);
}

function requiredField(error: { params: unknown } | undefined): string | undefined {
  const { requiredProperties } = (error?.params ?? {}) as { requiredProperties?: string[] };
  return requiredProperties?.[0];
}
