/** One line of a plot. A gap where `y` is null. */
export interface Series {
  name: string;
  /** From 1: the colour of the style sheet. */
  colour: number;
  points: { x: number; y: number | null }[];
}

export interface PlotOptions {
  title: string;
  series: Series[];
  xLabel: string;
  yLabel: string;
  /** Powers of ten on the y axis; what is 0 or less is not drawn. */
  logarithmic?: boolean;
  /** Vertical lines. */
  marks?: { x: number; name: string }[];
  /** Names of places on the x axis; numbers without it. */
  xTicks?: { x: number; name: string }[];
}

const [width, height] = [860, 300];
const [left, right, top, bottom] = [64, 12, 30, 44];

export function escapeHtml(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => names[character]!);
}

/** A plot as inline SVG, with classes of the page's style sheet and nothing from elsewhere. */
export function plot({ title, series, xLabel, yLabel, logarithmic = false, marks = [], xTicks }: PlotOptions): string {
  const drawn = series.flatMap(({ points }) => points.filter(({ y }) => y !== null && (!logarithmic || y > 0)));
  if (drawn.length === 0)
    return `<figure><figcaption>${escapeHtml(title)}</figcaption><p>Nothing was measured.</p></figure>`;
  // Also where nothing was measured, so that plots of the same time have the same axis.
  const xs = series.flatMap(({ points }) => points.map(({ x }) => x));
  const ys = drawn.map(({ y }) => y!);
  const [xMin, xMax] = [least(xs), Math.max(most(xs), least(xs) + 1e-9)];
  const yTicks = logarithmic ? powers(least(ys), most(ys)) : steps(0, most(ys));
  const [yMin, yMax] = [yTicks[0]!, yTicks.at(-1)!];
  const scale = (value: number): number => (logarithmic ? Math.log10(value) : value);
  const toX = (x: number): number => left + ((x - xMin) / (xMax - xMin)) * (width - left - right);
  const toY = (y: number): number =>
    height - bottom - ((scale(y) - scale(yMin)) / (scale(yMax) - scale(yMin))) * (height - top - bottom);
  const grid = yTicks.map(
    (y) =>
      `<line class="grid" x1="${left}" x2="${width - right}" y1="${at(toY(y))}" y2="${at(toY(y))}"/>` +
      `<text class="tick" x="${left - 6}" y="${at(toY(y) + 4)}" text-anchor="end">${numberText(y)}</text>`,
  );
  const places = xTicks ?? steps(xMin, xMax).map((x) => ({ x, name: numberText(x) }));
  const onAxis = places
    .filter(({ x }) => x >= xMin && x <= xMax)
    .map(
      ({ x, name }) =>
        `<text class="tick" x="${at(toX(x))}" y="${height - bottom + 16}" text-anchor="middle">${escapeHtml(name)}</text>`,
    );
  const marked = marks
    .filter(({ x }) => x >= xMin && x <= xMax)
    .map(
      ({ x, name }) =>
        `<line class="mark" x1="${at(toX(x))}" x2="${at(toX(x))}" y1="${top}" y2="${height - bottom}"/>` +
        `<text class="tick" x="${at(toX(x) + 4)}" y="${top + 10}">${escapeHtml(name)}</text>`,
    );
  const lines = series.map(
    ({ colour, points }) => `<path class="line c${colour}" d="${pathOf(points, toX, toY, logarithmic)}"/>`,
  );
  const legend = series.map(
    ({ name, colour }, index) =>
      `<text class="legend c${colour}" x="${left + index * 150}" y="18">${escapeHtml(`■ ${name}`)}</text>`,
  );
  const axes =
    `<text class="tick" x="${(left + width - right) / 2}" y="${height - 8}" text-anchor="middle">${escapeHtml(xLabel)}</text>` +
    `<text class="tick" transform="translate(14 ${(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(yLabel)}</text>`;
  const inside = [...grid, ...onAxis, ...marked, ...lines, ...legend, axes].join('');
  return `<figure><figcaption>${escapeHtml(title)}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">${inside}</svg></figure>`;
}

function pathOf(
  points: Series['points'],
  toX: (x: number) => number,
  toY: (y: number) => number,
  logarithmic: boolean,
): string {
  let isDrawing = false;
  const parts: string[] = [];
  for (const { x, y } of points) {
    const shown = y !== null && (!logarithmic || y > 0);
    if (shown) parts.push(`${isDrawing ? 'L' : 'M'}${at(toX(x))} ${at(toY(y))}${isDrawing ? '' : 'h0.01'}`);
    isDrawing = shown;
  }
  return parts.join('');
}

/** Round numbers from below `from` to above `to`, about five. */
function steps(from: number, to: number): number[] {
  const rough = Math.max(to - from, 1e-6) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough)!;
  const first = Math.floor(from / step);
  const count = Math.max(1, Math.ceil(to / step) - first);
  return Array.from({ length: count + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

function powers(from: number, to: number): number[] {
  const first = Math.floor(Math.log10(from));
  const last = Math.max(first + 1, Math.ceil(Math.log10(to)));
  return Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
}

// Not by spreading: a series may have thousands of points.
const least = (values: number[]): number => values.reduce((low, value) => Math.min(low, value));
const most = (values: number[]): number => values.reduce((high, value) => Math.max(high, value));
const at = (value: number): string => value.toFixed(1);
const numberText = (value: number): string => String(Number(value.toPrecision(6)));
