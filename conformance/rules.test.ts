import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { protocolPage, wordsOf } from '../scripts/docs/protocol-page.ts';
import { closeCodes } from '../services/common/protocol/device-frames.ts';
import { clientChecks, framesRule as framesOfClients } from './client/checks.ts';
import { rules } from './rules.ts';
import { framesRule as framesOfServers, serverChecks } from './server/checks.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/protocol.md'), 'utf8');

describe('rules of the device protocol', () => {
  it('have a number each, by side, in order', () => {
    const numbers = rules.map(({ id }) => Number(id.slice(1)));
    expect(numbers).toEqual([...new Set(numbers)].sort((left, right) => left - right));
    for (const { id, side } of rules) expect([id, side]).toEqual([id, Number(id.slice(1)) < 100 ? 'server' : 'client']);
  });

  it('are said by docs/protocol.md in the words that they quote', () => {
    const words = wordsOf(page.slice(0, page.indexOf('## Rules by number')));
    expect(rules.filter(({ quote }) => !words.includes(quote)).map(({ id, quote }) => `${id}: ${quote}`)).toEqual([]);
  });

  it('are the table of docs/protocol.md (node scripts/docs/protocol.ts writes it)', () => {
    expect(page).toBe(protocolPage(page, rules));
  });

  it('are each checked', () => {
    const checked = [...Object.keys(serverChecks), ...Object.keys(clientChecks), framesOfServers, framesOfClients];
    expect(checked.length).toBe(new Set(checked).size);
    expect(checked.sort()).toEqual(rules.map(({ id }) => id).sort());
  });

  it('have every close code', () => {
    const texts = rules.map(({ text }) => text).join('\n');
    expect(Object.values(closeCodes).filter((code) => !texts.includes(String(code)))).toEqual([]);
  });
});
