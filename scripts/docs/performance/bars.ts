import { shown, text } from '../svg.ts';
import type { Part } from './processes.ts';

export interface Bar {
  label: string;
  parts: Part[];
  /** Said at its end. */
  sum: string;
}

export interface BarGroup {
  label: string;
  bars: Bar[];
}

const [width, left, right, top] = [760, 215, 130, 64];
const [barHeight, barGap, groupGap] = [16, 4, 16];
const legendGap = 16;
/** About, of a letter of the legend. */
const letterWidth = 6.2;
/** On white, and where the reader's screen is dark on near black: the picture brings its own ground along. */
const style = [
  'text{fill:#333333}.ground{fill:#ffffff}.axis{stroke:#cccccc}',
  '@media (prefers-color-scheme:dark){text{fill:#e6edf3}.ground{fill:#161b22}.axis{stroke:#484f58}}',
].join('');

/** Groups of stacked bars, all to one scale, as an SVG. */
export function bars(title: string, groups: BarGroup[]): string {
  const most = Math.max(...groups.flatMap((group) => group.bars.map(sumOf)), 1);
  const scale = (width - left - right) / most;
  const drawn: string[] = [];
  let y = top;
  for (const { label, bars: all } of groups) {
    drawn.push(text(12, y + barHeight - 4, label, 'start', 12));
    for (const bar of all) {
      drawn.push(...oneBar(bar, y, scale));
      y += barHeight + barGap;
    }
    y += groupGap;
  }
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" font-family="sans-serif" font-size="11">`,
    `<title>${title}</title>`,
    `<style>${style}</style>`,
    `<rect class="ground" width="${width}" height="${y}"/>`,
    text(12, 20, title, 'start', 13),
    ...legend(groups),
    `<path class="axis" d="M${left},${top - 8}V${y - groupGap + 4}"/>`,
    ...drawn,
    '</svg>',
  ].join('\n')}\n`;
}

function oneBar(bar: Bar, y: number, scale: number): string[] {
  let x = left;
  const parts = bar.parts.map(({ label, color, us }) => {
    const part = `<rect x="${shown(x)}" y="${y}" width="${shown(us * scale)}" height="${barHeight}" fill="${color}"><title>${label} ${Math.round(us)} µs</title></rect>`;
    x += us * scale;
    return part;
  });
  return [
    text(left - 6, y + barHeight - 4, bar.label, 'end'),
    ...parts,
    text(x + 6, y + barHeight - 4, bar.sum, 'start'),
  ];
}

/** Each process once, in the order in which bars have them. */
function legend(groups: BarGroup[]): string[] {
  const parts = groups.flatMap((group) => group.bars.flatMap((bar) => bar.parts));
  const colors = new Map(parts.map(({ label, color }) => [label, color]));
  let x = 12;
  return [...colors].flatMap(([label, color]) => {
    const at = x;
    x += 14 + label.length * letterWidth + legendGap;
    return [
      `<rect x="${shown(at)}" y="34" width="10" height="10" fill="${color}"/>`,
      text(at + 14, 43, label, 'start'),
    ];
  });
}

function sumOf({ parts }: Bar): number {
  return parts.reduce((sum, { us }) => sum + us, 0);
}
