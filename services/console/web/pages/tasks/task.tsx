import { pathOf } from '../../api/client.ts';
import { useLive } from '../../api/live.ts';
import { useRight } from '../../api/session.tsx';
import type { TaskView } from '../../api/types.ts';
import { routes } from '../../app/routes.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { BackLink } from '../../ui/back-link.tsx';
import { ErrorNote } from '../../ui/notice.tsx';
import { Card, PageFrame, Skeleton } from '../../ui/page.tsx';
import { Fact, Facts, Time } from '../../ui/values.tsx';
import { LiveMark } from '../overview/overview.tsx';
import { Funnel } from './funnel.tsx';
import { TaskActions } from './task-actions.tsx';
import { TaskStatus } from './task-status.tsx';
import { TimelineCard } from './timeline.tsx';

/** One task: what came of it, live, and what was done with it on one device. */
export function TaskPage({ app, task }: { app: string; task: string }) {
  const { t, f } = useWords();
  const { data, connected, error } = useLive<TaskView>(pathOf('apps', app, 'tasks', task));
  const maySend = useRight('sender', app);
  return (
    <PageFrame
      title={task}
      back={<BackLink href={routes.tasks(app)}>{t.tasks.title}</BackLink>}
      actions={
        <>
          <LiveMark connected={connected} waiting={data === undefined} />
          {data && maySend && <TaskActions app={app} task={data} />}
        </>
      }
    >
      {error && <ErrorNote error={error} />}
      {data === undefined ? (
        !error && <Skeleton lines={8} />
      ) : (
        <>
          <Card title={t.tasks.funnel}>
            <Funnel counts={data.counts} />
            <p className="muted small">{t.tasks.waiting}</p>
          </Card>
          <Card title={t.devices.details}>
            <Facts>
              <Fact name={t.tasks.state}>
                <TaskStatus state={data.state} />
              </Fact>
              <Fact name={t.tasks.audience}>{t.tasks[`to_${data.audience}`]}</Fact>
              <Fact name={t.tasks.created}>
                <Time ms={data.createdAt} />
              </Fact>
              <Fact name={t.devices.expires}>
                <Time ms={data.expiresAt} />
              </Fact>
              <Fact name={t.tasks.group}>{data.group ?? '—'}</Fact>
              {data.counts.failed !== null && (
                <Fact name={t.tasks.failed}>
                  <span className="numbers">{f.number(data.counts.failed)}</span>
                </Fact>
              )}
            </Facts>
            {data.message && (
              <div className="message">
                {data.message.title !== null && <p className="message-title break">{data.message.title}</p>}
                <p className="break">{data.message.text}</p>
              </div>
            )}
          </Card>
        </>
      )}
      <TimelineCard app={app} task={task} />
    </PageFrame>
  );
}
