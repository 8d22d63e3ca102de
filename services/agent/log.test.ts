import { expect, test } from 'vitest';
import { createAgentLog } from './log.ts';

function rig(level: 'info' | 'warn') {
  const lines: string[] = [];
  const out = {
    writableLength: 0,
    write: (text: string, done?: unknown) => {
      if (text !== '') lines.push(text);
      if (typeof done === 'function') done();
      return true;
    },
  };
  return { lines, out, log: createAgentLog({ role: 'agent', instance: 'cm-1' }, level, out) };
}

test('a line is one of JSON with level, time, role, instance, fields and text; an error is told in full', () => {
  const { lines, log } = rig('info');
  log.warn({ reason: 'no_answer', err: new TypeError('gone') }, 'it waits');
  log.info('it goes on');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      ...{
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        role: 'agent',
        instance: 'cm-1',
        msg: 'it waits',
      },
      ...{
        reason: 'no_answer',
        err: { type: 'TypeError', message: 'gone', stack: expect.stringContaining('log.test') },
      },
    },
    expect.objectContaining({ level: 'info', msg: 'it goes on' }),
  ]);
  for (const line of lines) expect(line).toMatch(/^[^\n]*\n$/);
});

test('below its level nothing is written, and nothing while too much waits to be written', () => {
  const { lines, out, log } = rig('warn');
  log.info('below');
  out.writableLength = 2_000_000;
  log.error('too much waits');
  expect(lines).toEqual([]);
});

test('a flush calls back when what was written before is out', () => {
  const { log } = rig('info');
  let flushed = false;
  log.flush(() => {
    flushed = true;
  });
  expect(flushed).toBe(true);
});
