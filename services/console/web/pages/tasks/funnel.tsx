import type { TaskView } from '../../api/types.ts';
import { useWords } from '../../i18n/i18n.tsx';

const steps = ['target', 'sent', 'arrived', 'shown', 'clicked'] as const;

/** From the devices that it is for to those on which it was clicked. */
export function Funnel({ counts }: { counts: TaskView['counts'] }) {
  const { t, f } = useWords();
  const whole = counts.target;
  return (
    <ol className="funnel" aria-live="polite" aria-label={t.tasks.funnel}>
      {steps.map((step) => {
        const part = whole === 0 ? 0 : counts[step] / whole;
        const width = Math.round(Math.min(part, 1) * 1_000) / 10;
        return (
          <li className="funnel-step" key={step}>
            <span className="funnel-name">{t.tasks[step]}</span>
            <svg className="funnel-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
              <rect className="bar-whole" width="100" height="10" />
              <rect className={`funnel-part funnel-${step}`} width={width} height="10" />
            </svg>
            <span className="funnel-count numbers">{f.number(counts[step])}</span>
            <span className="funnel-share numbers muted">{step === 'target' ? '' : f.percent(part)}</span>
          </li>
        );
      })}
    </ol>
  );
}
