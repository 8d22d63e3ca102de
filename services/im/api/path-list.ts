import { empty, overLimit } from './faults.ts';

/**
 * The ids of a path's list, `a,b,c`, each once.
 *
 * @param name of the parameter, for faults.
 */
export function pathList(text: string, name: string, max: number): string[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) throw empty(name);
  if (parts.length > max) throw overLimit(name);
  return [...new Set(parts)];
}
