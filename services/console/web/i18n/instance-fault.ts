import type { Dictionary } from './dictionary.ts';

/** What is not well with an instance, in the reader's language. @param text `bus: not connected`, or a word without a part */
export function instanceFaultText(text: string, t: Dictionary): string {
  if (t.instanceFaults === null || /^\w+$/.test(text)) return text;
  const [, part, said = text] = /^([\w-]{1,40}): (.*)$/s.exec(text) ?? [];
  const [pattern, told] = t.instanceFaults.find(([known]) => known.test(said)) ?? [];
  const translated = pattern && told !== undefined ? said.replace(pattern, told) : said;
  return part === undefined ? translated : `${part}：${translated}`;
}
