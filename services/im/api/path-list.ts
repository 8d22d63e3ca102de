/** The parts of a path's list, `a,b,c`. */
export function splitPathList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
