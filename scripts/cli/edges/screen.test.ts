import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { Terminal } from '../../../test/rigs/terminal.ts';
import { openScreen } from './screen.ts';

/** A screen on a terminal of that size. */
function rig(columns: number, rows: number) {
  const terminal = new Terminal(columns, rows);
  const stdout = Object.assign(new EventEmitter(), { columns, rows, write: (text: string) => terminal.write(text) });
  const stdin = Object.assign(new EventEmitter(), { isTTY: false });
  const screen = openScreen(
    stdout as unknown as NodeJS.WriteStream,
    stdin as unknown as NodeJS.ReadStream,
    () => {},
    () => {},
  );
  return { terminal, screen };
}

const line = (text: string, width: number): string => text.repeat(width).slice(0, width);

test.each([
  [80, 24, 24],
  [80, 24, 5],
  [20, 3, 3],
  [1, 1, 1],
])(
  'lines as wide as a terminal of %i × %i, %i of them, are shown in full, and nothing scrolls',
  (columns, rows, count) => {
    const { terminal, screen } = rig(columns, rows);
    const lines = Array.from({ length: count }, (_, n) => line(String(n % 10), columns));
    for (let n = 0; n < 3; n++) screen.draw(lines);
    expect(terminal.lines).toEqual([...lines, ...Array(rows - count).fill('')]);
    expect([terminal.wrapped, terminal.scrolled]).toEqual([0, 0]);
    screen.close();
  },
);

test('of what was drawn before nothing is left', () => {
  const { terminal, screen } = rig(10, 4);
  screen.draw([line('a', 10), line('b', 10), line('c', 10), line('d', 10)]);
  screen.draw(['A', '', 'C']);
  expect(terminal.lines).toEqual(['A', '', 'C', '']);
  screen.draw([]);
  expect(terminal.lines).toEqual(['', '', '', '']);
  screen.close();
});
