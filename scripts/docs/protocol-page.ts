import type { Rule } from '../../conformance/rules.ts';

const begin = '<!-- rules -->\n';
const end = '<!-- end -->';

/** The page of the protocol with its table of rules made anew. @throws Error if the page has no place for it */
export function protocolPage(text: string, rules: readonly Rule[]): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`docs/protocol.md: there is no ${begin.trim()} with ${end}`);
  return `${text.slice(0, from + begin.length)}${tableOf(rules)}${text.slice(to)}`;
}

/** Words of a page as they are compared: however its lines are broken. */
export function wordsOf(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

function tableOf(rules: readonly Rule[]): string {
  const head = '| rule | binds | what | the kit |\n| --- | --- | --- | --- |\n';
  const rows = rules.map(({ id, side, text, needs }) => {
    const checked = needs === undefined ? 'checks it' : `checks it, given ${needs}`;
    return `| ${id} | ${side === 'server' ? 'server' : 'SDK'} | ${text} | ${checked} |\n`;
  });
  return head + rows.join('');
}
