import { type ReactNode, useEffect, useState } from 'react';
import { useWords } from '../i18n/i18n.tsx';

/** Names and values, one below the other. */
export function Facts({ children, wide }: { children: ReactNode; wide?: boolean }) {
  return <dl className={wide ? 'facts facts-wide' : 'facts'}>{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd className="break">{children}</dd>
    </div>
  );
}

const tickMs = 10_000;

/** How long ago it was; the time itself is told on hovering. */
export function Ago({ ms }: { ms: number | null }) {
  const { f } = useWords();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, []);
  if (ms === null) return <>—</>;
  return (
    <time dateTime={new Date(ms).toISOString()} title={f.time(ms)}>
      {f.ago(ms, Math.max(now, ms))}
    </time>
  );
}

export function Time({ ms }: { ms: number | null }) {
  const { f } = useWords();
  if (ms === null) return <>—</>;
  return (
    <time className="time" dateTime={new Date(ms).toISOString()}>
      {f.time(ms)}
    </time>
  );
}

/** Ids are long: in a table as much as there is room for, and all of it on hovering. */
export function Id({ text }: { text: string }) {
  return (
    <span className="id mono" title={text}>
      {text}
    </span>
  );
}

/** How much of a whole; `value` from 0 to 1. The words beside it say the same. */
export function Bar({ value, tone }: { value: number; tone?: 'good' | 'warn' | 'bad' }) {
  const width = Math.round(Math.min(Math.max(value, 0), 1) * 1_000) / 10;
  return (
    <svg className={`bar bar-${tone ?? 'plain'}`} viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect className="bar-whole" width="100" height="4" rx="1" />
      <rect className="bar-part" width={width} height="4" rx="1" />
    </svg>
  );
}
