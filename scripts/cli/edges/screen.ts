/** The whole terminal, while something is drawn on it again and again. */
export interface Screen {
  size(): { columns: number; rows: number };
  draw(lines: string[]): void;
  /** Gives the terminal back as it was. May be called twice. */
  close(): void;
}

const enter = '\x1b[?1049h\x1b[?25l';
const leave = '\x1b[?25h\x1b[?1049l';
const ctrlC = '\x03';

/**
 * @param onKey told each key; Ctrl-C is `q`.
 * @param onResize told that the terminal has another size now.
 */
export function openScreen(
  stdout: NodeJS.WriteStream,
  stdin: NodeJS.ReadStream,
  onKey: (key: string) => void,
  onResize: () => void,
): Screen {
  let open = true;
  const hear = (chunk: Buffer): void => {
    for (const key of chunk.toString('latin1')) onKey(key === ctrlC ? 'q' : key);
  };
  const giveBack = (): void => {
    if (!open) return;
    open = false;
    stdout.off('resize', onResize);
    stdout.write(leave);
    if (!stdin.isTTY) return;
    stdin.off('data', hear);
    stdin.setRawMode(false);
    stdin.pause();
  };
  stdout.write(enter);
  stdout.on('resize', onResize);
  if (stdin.isTTY) {
    stdin.setRawMode(true);
    stdin.on('data', hear);
    stdin.resume();
  }
  // Whatever ends the process, the terminal is to be usable.
  process.once('exit', giveBack);
  return {
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    draw(lines) {
      if (!open) return;
      // Emptied before it is written: after a character in the last column erasing would take that one away.
      const drawn = lines.map((line) => `\x1b[K${line}`).join('\r\n');
      const isFull = lines.length >= (stdout.rows || 24);
      stdout.write(`\x1b[H${drawn}${isFull ? '' : `${lines.length > 0 ? '\r\n' : ''}\x1b[J`}`);
    },
    close() {
      process.off('exit', giveBack);
      giveBack();
    },
  };
}
