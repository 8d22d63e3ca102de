import { brokenText } from '../../common/well-formed.ts';
import { ApiFault, invalid } from './faults.ts';
import { parameterOf } from './schema-faults.ts';

export const maxNesting = 32;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The value of a request's body. Nothing at all counts as `{}`, and so does `null`: clients in use send either.
 *
 * @throws ApiFault `notJson` (also for what isn't UTF-8); `parameter` if it is nested more than 32 levels deep, or a text in it
 * holds half of a surrogate pair.
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return {};
  if (nestsDeeper(bytes, maxNesting)) throw invalid('body');
  let text: string;
  let value: unknown;
  try {
    text = utf8.decode(bytes);
    value = text.trim() === '' ? {} : (JSON.parse(text) ?? {});
  } catch (error) {
    throw new ApiFault('notJson', 'body is not JSON', error);
  }
  const broken = brokenText(text, value);
  if (broken !== undefined) throw invalid(parameterOf(broken) || 'body');
  return value;
}

const quote = 0x22;
const backslash = 0x5c;

/** Looks at bytes alone, before anything is built from them. In UTF-8 no part of another character looks like these. */
function nestsDeeper(bytes: Uint8Array, levels: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (inString) {
      if (byte === backslash) index++;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > levels) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return false;
}
