import { type ReactNode, useEffect, useState } from 'react';
import { useWords } from '../i18n/i18n.tsx';

const tickMs = 15_000;

/** A drawn phone; `asleep`: its screen is dark. */
export function Phone({
  label,
  children,
  bar,
  asleep,
}: {
  label: string;
  children: ReactNode;
  /** In the bar at the top, beside the time. */
  bar?: ReactNode;
  asleep?: boolean;
}) {
  const { language } = useWords();
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), tickMs);
    return () => clearInterval(timer);
  }, []);
  const time = now.toLocaleTimeString(language === 'zh' ? 'zh-CN' : 'en', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (
    <section className={asleep ? 'phone phone-asleep' : 'phone'} aria-label={label}>
      <div className="phone-bar">
        <span className="numbers">{time}</span>
        <span className="phone-signs">{bar}</span>
      </div>
      <div className="phone-screen">{children}</div>
    </section>
  );
}
