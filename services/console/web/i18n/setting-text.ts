import type { Dictionary } from './dictionary.ts';

/** What a key is, in the reader's language; of one that only a newer role knows, as that role says it. */
export function settingText(role: string, key: string, description: string, t: Dictionary): string {
  return t.settingTexts?.[`${role}.${key}`] ?? t.settingTexts?.[key] ?? description;
}

/** @param line of an instance: `key: what is wrong with it (got what is there)` */
export function refusedText(line: string, t: Dictionary): string {
  const [, key, got] = /^([\w./-]+): .*?(?: \(got (.*)\))?$/s.exec(line) ?? [];
  return t.refusedKey === null || key === undefined ? line : t.refusedKey(key, got);
}
