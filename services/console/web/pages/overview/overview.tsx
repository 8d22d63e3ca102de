import { useLive } from '../../api/live.ts';
import type { Overview } from '../../api/types.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { ErrorNote, Notice } from '../../ui/notice.tsx';
import { PageFrame, Skeleton } from '../../ui/page.tsx';
import { Status } from '../../ui/status.tsx';
import { Figures } from './figures.tsx';
import { InstancesCard } from './instances.tsx';
import { LagCard } from './lag.tsx';
import { LastHour } from './last-hour.tsx';

/** How the system does, as it happens. */
export function OverviewPage() {
  const { t, f } = useWords();
  const { data, connected, error } = useLive<Overview>('overview');
  return (
    <PageFrame title={t.overview.title} actions={<LiveMark connected={connected} waiting={data === undefined} />}>
      {error && <ErrorNote error={error} />}
      {data === undefined ? (
        !error && <Skeleton lines={9} />
      ) : (
        <>
          {data.replaying !== null && data.replaying > 0 && (
            <Notice tone="warn">{t.overview.replayingText(f.number(data.replaying))}</Notice>
          )}
          <Figures overview={data} />
          <LastHour now={data} />
          <InstancesCard overview={data} />
          <LagCard lag={data.busLag} />
        </>
      )}
    </PageFrame>
  );
}

/** Whether what is seen is of now. */
export function LiveMark({ connected, waiting }: { connected: boolean; waiting: boolean }) {
  const { t } = useWords();
  if (waiting) return null;
  return connected ? <Status tone="good" text={t.common.live} /> : <Status tone="warn" text={t.common.paused} />;
}
