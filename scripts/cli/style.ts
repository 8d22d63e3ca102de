import { styleText } from 'node:util';

export type Tone = 'good' | 'bad' | 'weak' | 'dim' | 'strong';
/** Colours a text, or leaves it as it is. */
export type Style = (tone: Tone, text: string) => string;

const formats = { good: 'green', bad: 'red', weak: 'yellow', dim: 'dim', strong: 'bold' } as const;

/** Colours on a terminal alone, and none with NO_COLOR (whatever it holds, unless empty). */
export function styleFor(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): Style {
  const coloured = stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return (tone, text) => (coloured ? styleText(formats[tone], text, { validateStream: false }) : text);
}

/** Lines of a name and what is said of it, one below the other. */
export function lines(pairs: [string, string][]): string {
  const width = Math.max(0, ...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

/** What comes from others, in quotation marks, so that nothing in it can steer the terminal. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (one) => {
    return `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
