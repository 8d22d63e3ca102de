import type { Overview } from '../../api/types.ts';
import { useWords } from '../../i18n/i18n.tsx';

/** What passes now, in large figures. */
export function Figures({ overview: { rates, latency } }: { overview: Overview }) {
  const { t } = useWords();
  const o = t.overview;
  return (
    <section className="figures" aria-label={o.rates}>
      <Figure name={o.connections} value={rates.connections} />
      <Figure name={o.accepted} value={rates.acceptedPerS} unit={o.perSecond} />
      <Figure name={o.delivered} value={rates.deliveredPerS} unit={o.perSecond} />
      <Figure name={o.acked} value={rates.ackedPerS} unit={o.perSecond} />
      <Latency name={o.acceptLatency} p50={latency.acceptP50Ms} p99={latency.acceptP99Ms} />
      <Latency name={o.deliveryLatency} p50={latency.deliveryP50Ms} p99={latency.deliveryP99Ms} />
    </section>
  );
}

function Figure({ name, value, unit }: { name: string; value: number | null; unit?: string }) {
  const { f } = useWords();
  return (
    <div className="figure-box">
      <p className="figure-name">{name}</p>
      <p className="figure-value numbers">
        {value === null ? '—' : f.figure(value)}
        {unit && <span className="figure-unit"> {unit}</span>}
      </p>
    </div>
  );
}

function Latency({ name, p50, p99 }: { name: string; p50: number | null; p99: number | null }) {
  const { t, f } = useWords();
  const write = (ms: number | null): string => (ms === null ? '—' : f.duration(ms));
  return (
    <div className="figure-box">
      <p className="figure-name">
        {name} <span className="figure-unit">{t.overview.p50}</span>
      </p>
      <p className="figure-value numbers">
        <span className="figure-whole">{write(p50)}</span>
        <span className="figure-unit">
          {' '}
          {t.overview.p99} {write(p99)}
        </span>
      </p>
    </div>
  );
}
