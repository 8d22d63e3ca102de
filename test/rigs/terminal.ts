/** A sequence that steers, or one character. */
const tokens = new RegExp(`${'\x1b'}\\[[0-9;?]*[A-Za-z]|[^]`, 'gu');

/**
 * What a terminal shows: enough of one for what the command line draws. A character in the last column leaves the cursor there
 * until the next one, as terminals do, and what erases begins at the cursor.
 */
export class Terminal {
  readonly #columns: number;
  readonly #rows: number;
  #cells: string[][];
  #row = 0;
  #column = 0;
  #pendingWrap = false;
  /** Lines that went on in the next one, and lines that went out at the top. */
  wrapped = 0;
  scrolled = 0;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#rows = rows;
    this.#cells = Array.from({ length: rows }, () => []);
  }

  /** The lines without spaces at their ends. */
  get lines(): string[] {
    return this.#cells.map((cells) =>
      Array.from(cells, (cell) => cell ?? ' ')
        .join('')
        .trimEnd(),
    );
  }

  write(text: string): void {
    for (const [token] of text.matchAll(tokens)) {
      if (token.length > 1 && token.startsWith('\x1b')) this.#control(token);
      else if (token === '\r') this.#moveTo(this.#row, 0);
      else if (token === '\n') this.#down();
      else this.#put(token);
    }
  }

  #control(token: string): void {
    if (token === '\x1b[H') this.#moveTo(0, 0);
    else if (token === '\x1b[K')
      this.#cells[this.#row]!.length = Math.min(this.#column, this.#cells[this.#row]!.length);
    else if (token === '\x1b[J') {
      this.#control('\x1b[K');
      for (let row = this.#row + 1; row < this.#rows; row++) this.#cells[row] = [];
    }
  }

  #put(character: string): void {
    if (this.#pendingWrap) {
      this.wrapped++;
      this.#moveTo(this.#row, 0);
      this.#down();
    }
    this.#cells[this.#row]![this.#column] = character;
    if (this.#column === this.#columns - 1) this.#pendingWrap = true;
    else this.#column++;
  }

  #down(): void {
    this.#pendingWrap = false;
    if (this.#row < this.#rows - 1) {
      this.#row++;
      return;
    }
    this.scrolled++;
    this.#cells = [...this.#cells.slice(1), []];
  }

  #moveTo(row: number, column: number): void {
    this.#row = row;
    this.#column = column;
    this.#pendingWrap = false;
  }
}
