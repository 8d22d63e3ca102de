import { describe, expect, it } from 'vitest';
import { Broken, expect as holds, NotChecked } from './check.ts';
import { documentOf, lineOf, type Result, summaryOf } from './report.ts';
import { type Rule, rulesOf } from './rules.ts';
import { runChecks } from './runner.ts';
import { Waiting } from './waiting.ts';

const rules = rulesOf('server', [
  [9, 'disturbs others', ''],
  [1, 'holds', ''],
  [2, 'does not hold', ''],
  [3, 'is thrown at', ''],
  [4, 'hangs', ''],
  [5, 'can not be looked at here', ''],
  [6, 'has no check', ''],
  [7, 'is slow', ''],
]);

async function run(slow: boolean, ended: Rule[] = []): Promise<Result[]> {
  return runChecks<Rule>({
    rules,
    checks: {
      D9: { alone: true, run: async () => holds(ended.length >= 5, () => `${ended.length} had ended`) },
      D1: async () => {},
      D2: async () => holds(1 + 1 === 3, () => 'two'),
      D3: async () => {
        throw new TypeError('a fault of the check');
      },
      D4: { limitMs: 20, run: () => new Promise(() => {}) },
      D5: async () => {
        throw new NotChecked('not on this server');
      },
      D7: { slow: true, waits: true, run: async () => {} },
    },
    slow,
    atOnce: 2,
    begin: async (rule) => rule,
    end: async (rule) => void ended.push(rule),
    done: () => {},
  });
}

describe('a run', () => {
  it('says of each rule what became of it, in their order, whatever a check does', async () => {
    const ended: Rule[] = [];
    const results = await run(false, ended);
    expect(results.map(({ rule, outcome }) => [rule.id, outcome])).toEqual([
      ['D9', { is: 'passed' }],
      ['D1', { is: 'passed' }],
      ['D2', { is: 'failed', seen: 'two' }],
      ['D3', { is: 'failed', seen: 'a fault of the check' }],
      ['D4', { is: 'failed', seen: 'nothing came of it within 20 ms' }],
      ['D5', { is: 'not checked', reason: 'not on this server' }],
      ['D6', { is: 'not checked', reason: 'there is no check of it' }],
      ['D7', { is: 'not checked', reason: 'it takes long: --slow checks it' }],
    ]);
    expect(
      ended
        .slice(0, 5)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['D1', 'D2', 'D3', 'D4', 'D5']);
    expect(ended.at(5)?.id).toBe('D9');
    expect((await run(true)).at(-1)?.outcome).toEqual({ is: 'passed' });
  });

  it('is told line by line, in short, and as JSON', async () => {
    const results = await run(false);
    expect(lineOf(results[2]!)).toBe('D2    FAILED      does not hold\n                  seen: two\n');
    expect(summaryOf(results)).toBe('2 passed, 3 failed (D2, D3, D4), 3 not checked\n');
    const document = documentOf('server', 'ws://x', results) as { rules: object[] };
    expect(document).toMatchObject({ side: 'server', tested: 'ws://x', passed: 2, failed: 3, notChecked: 3 });
    expect(document.rules[2]).toMatchObject({ id: 'D2', outcome: 'failed', seen: 'two' });
  });
});

describe('a wait', () => {
  it('ends when what happened makes it true, with a fault of its condition, or at its deadline', async () => {
    const waiting = new Waiting();
    let value = 0;
    const two = waiting.until('two', () => value === 2 && 'there', 5_000);
    for (value = 1; value < 3; value++) waiting.changed();
    expect(await two).toBe('there');
    const broken = waiting.until('more', () => holds(value < 9, 'too much') ?? false, 5_000);
    value = 9;
    waiting.changed();
    await expect(broken).rejects.toThrow(new Broken('too much'));
    const never = waiting.until(
      'ten',
      () => value === 10,
      10,
      () => `it is ${value}`,
    );
    await expect(never).rejects.toThrow('ten: not within 10 ms; it is 9');
  });
});
