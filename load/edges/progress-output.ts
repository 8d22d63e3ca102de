/** On a terminal one line that is written anew each time; otherwise a line at most every so often. */
const everyMs = 10_000;

export interface ProgressOutput {
  show(line: string): void;
  /** Leaves the last line as it is, and goes on below it. */
  end(): void;
}

export function progressOutput(stream: NodeJS.WriteStream): ProgressOutput {
  if (stream.isTTY) {
    return {
      // A line that is wider than the terminal would not be overwritten.
      show: (line) => void stream.write(`\r\u001b[2K${line.slice(0, (stream.columns || 120) - 1)}`),
      end: () => void stream.write('\n'),
    };
  }
  let last = Number.NEGATIVE_INFINITY;
  let held: string | undefined;
  return {
    show(line) {
      held = line;
      if (performance.now() - last < everyMs - 500) return;
      last = performance.now();
      held = undefined;
      stream.write(`${line}\n`);
    },
    end() {
      if (held !== undefined) stream.write(`${held}\n`);
    },
  };
}
