import 'uplot/dist/uPlot.min.css';
import { useEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import { useWords } from '../i18n/i18n.tsx';
import { type ChartColours, useChartColours } from './colours.ts';

export interface Series {
  name: string;
  values: (number | null)[];
}

const height = 168;

/** Values over time. The latest ones, or those under the pointer, stand as text above it. */
export function SeriesChart({ title, times, series }: { title: string; times: number[]; series: Series[] }) {
  const { t, f } = useWords();
  const colours = useChartColours();
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [at, setAt] = useState<number>();
  const data = useMemo(() => [times, ...series.map(({ values }) => values)] as uPlot.AlignedData, [times, series]);
  const latest = useRef(data);
  const names = series.map(({ name }) => name).join('\n');
  useEffect(() => {
    const element = frame.current!;
    const made = new uPlot(
      optionsOf(names.split('\n'), colours, element.clientWidth, f.figure, setAt),
      latest.current,
      element,
    );
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
    };
  }, [names, f, colours]);
  useEffect(() => {
    latest.current = data;
    plot.current?.setData(data);
  }, [data]);

  const shown = (values: (number | null)[]): string => {
    const value = at === undefined ? values.findLast((one) => one !== null) : values[at];
    return value === undefined || value === null ? '—' : f.figure(value);
  };
  const summary = series.map(({ name, values }) => t.overview.chartSummary(name, shown(values))).join(', ');
  return (
    <figure className="chart">
      <figcaption className="chart-head">
        <span className="chart-title">{title}</span>
        <span className="chart-legend">
          {series.map(({ name, values }, index) => (
            <span className="chart-entry" key={name}>
              <span className={`chart-line chart-line-${index + 1}`} aria-hidden="true" />
              {series.length > 1 && <span className="muted">{name}</span>}
              <span className="numbers chart-value">{shown(values)}</span>
            </span>
          ))}
        </span>
      </figcaption>
      <div className="chart-frame" ref={frame} role="img" aria-label={`${title}. ${summary}`} />
    </figure>
  );
}

function optionsOf(
  names: string[],
  { ink, line, series }: ChartColours,
  width: number,
  write: (value: number) => string,
  onPoint: (at: number | undefined) => void,
): uPlot.Options {
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: ink, font, grid: { stroke: line, width: 1 }, ticks: { show: false }, gap: 6 };
  return {
    width,
    height,
    padding: [8, 16, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 7 } },
    scales: { y: { range: (_plot, _low, high) => [0, niceTop(high)] } },
    axes: [
      { ...axis, grid: { show: false }, size: 26, values: '{HH}:{mm}', space: 70 },
      { ...axis, size: 52, space: 34, values: (_plot, values) => values.map(write) },
    ],
    series: [
      {},
      ...names.map((name, index) => ({
        label: name,
        stroke: series[index % series.length]!,
        width: 1.6,
        points: { show: false },
        ...(names.length === 1 ? { fill: softened(series[0]!) } : {}),
      })),
    ],
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? undefined)] },
  };
}

/** Room above the highest value; an empty chart has a scale too. */
function niceTop(high: number | null): number {
  return high === null || high <= 0 ? 1 : high * 1.12;
}

function softened(colour: string): string {
  return colour.replace('rgb(', 'rgba(').replace(')', ', 0.09)');
}
