/** In JSON text half of a surrogate pair can only come as an escape: what is UTF-8 holds none. */
const surrogateEscape = /\\u[dD][89a-fA-F]/;

/**
 * The first text of a JSON value that can't be encoded in UTF-8, as it holds half of a surrogate pair: another text would arrive. Most JSON is
 * told to be sound by one look at its text.
 *
 * @param json the text that `value` was read from. @returns a JSON pointer to the text, or to the field with such a name; undefined if there is none.
 */
export function brokenText(json: string, value: unknown): string | undefined {
  return surrogateEscape.test(json) ? broken(value, '') : undefined;
}

function broken(value: unknown, pointer: string): string | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : pointer;
  if (value === null || typeof value !== 'object') return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const at = `${pointer}/${name.toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const found = name.isWellFormed() ? broken(inner, at) : at;
    if (found !== undefined) return found;
  }
  return undefined;
}
