import { pathOf } from '../../api/client.ts';
import { useLive } from '../../api/live.ts';
import type { TaskView } from '../../api/types.ts';
import { useAppName } from '../../app/apps.ts';
import { routes } from '../../app/routes.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { ErrorNote, Notice } from '../../ui/notice.tsx';
import { Card, PageFrame, Skeleton } from '../../ui/page.tsx';
import { Funnel } from '../tasks/funnel.tsx';

/** After it was accepted: what comes of it. */
export function Sent({ app, task, onAnother }: { app: string; task: string; onAnother: () => void }) {
  const { t } = useWords();
  const s = t.send;
  const { data, error } = useLive<TaskView>(pathOf('apps', app, 'tasks', task));
  // Of a task that was just accepted nothing may be known for a moment.
  const fresh = error?.code === 'not_found';
  return (
    <PageFrame title={s.sentTitle} lead={useAppName(app)}>
      <Notice tone="good">{s.sentText}</Notice>
      <Card title={t.tasks.funnel}>
        <p className="mono small break">{task}</p>
        {error && !fresh && <ErrorNote error={error} />}
        {data ? <Funnel counts={data.counts} /> : <Skeleton lines={5} />}
        <p className="muted small">{t.tasks.waiting}</p>
        <div className="row">
          <Button look="main" onPress={onAnother}>
            {s.another}
          </Button>
          <ButtonLink href={routes.task(app, task)}>{s.openTask}</ButtonLink>
        </div>
      </Card>
    </PageFrame>
  );
}
