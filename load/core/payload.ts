import { type Kind, kinds } from './mix.ts';

/** What a message says of itself, so that the device that gets it can be told from the text alone. */
export interface Payload {
  /** The run that pushed it: 8 characters. */
  run: string;
  kind: Kind;
  /** The worker that pushed it, from 0. */
  sender: number;
  /** Rises with each message of that worker; pushes to tags and to all have numbers of their own. */
  number: number;
  /** When the push was due, µs of the machine's monotonic clock. */
  dueUs: number;
  /** The tag that it was pushed to, from 0; 0 for other kinds. */
  group: number;
}

/** Shortest text that holds every field, characters. */
export const minPayloadSize = 64;
/** Longest transmission that the API takes, characters. */
export const maxPayloadSize = 3_072;

const mark = 'lwload';

/** @param size characters, `minPayloadSize` or more. */
export function encodePayload({ run, kind, sender, number, dueUs, group }: Payload, size: number): string {
  return `${mark} ${run} ${kinds.indexOf(kind)} ${sender} ${number} ${Math.round(dueUs)} ${group} `.padEnd(size, '.');
}

/** Undefined for a text that is no message of a load, or of another run than `run`. */
export function decodePayload(text: string, run: string): Payload | undefined {
  if (!text.startsWith(`${mark} ${run} `)) return undefined;
  const [, , kindAt, sender, number, dueUs, group] = text.split(' ', 7);
  const kind = kinds[Number(kindAt)];
  const numbers = [sender, number, dueUs, group].map(Number);
  if (kind === undefined || !numbers.every(Number.isSafeInteger)) return undefined;
  return { run, kind, sender: numbers[0]!, number: numbers[1]!, dueUs: numbers[2]!, group: numbers[3]! };
}
