import { type FormEvent, useState } from 'react';
import { pathOf } from '../../api/client.ts';
import { usePaged } from '../../api/paged.ts';
import { useAsk } from '../../api/queries.ts';
import type { TaskDevice, Timeline } from '../../api/types.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Empty, ErrorNote } from '../../ui/notice.tsx';
import { Card, Skeleton } from '../../ui/page.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { Time } from '../../ui/values.tsx';

/** What happened to a message on one device, and when. */
export function TimelineCard({ app, task }: { app: string; task: string }) {
  const { t } = useWords();
  const [cid, setCid] = useState('');
  const [asked, setAsked] = useState<string>();
  const [tried, setTried] = useState(false);
  const good = /^[0-9a-f]{32}$/.test(cid.trim());
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (good) setAsked(cid.trim());
  };
  return (
    <Card title={t.tasks.onDevice}>
      <p className="muted small">{t.tasks.onDeviceText}</p>
      <form className="ask" onSubmit={submit}>
        <TextField
          label={t.tasks.cid}
          mono
          value={cid}
          onChange={setCid}
          fault={tried && !good ? t.faults.cid : undefined}
        />
        <Button type="submit">{t.tasks.show}</Button>
      </form>
      {asked !== undefined && <Steps app={app} task={task} cid={asked} />}
      <Devices
        app={app}
        task={task}
        onChoose={(one) => {
          setCid(one);
          setAsked(one);
        }}
      />
    </Card>
  );
}

/** Those of the task, each with what happened last; choosing one shows its timeline. */
function Devices({ app, task, onChoose }: { app: string; task: string; onChoose: (cid: string) => void }) {
  const { t } = useWords();
  const paged = usePaged<TaskDevice>(`${pathOf('apps', app, 'tasks', task)}/devices`);
  if (paged.items?.length === 0 && paged.more === undefined) return null;
  return (
    <PagedTable
      label={t.tasks.devicesOf}
      paged={paged}
      keyOf={({ cid }) => cid}
      empty={null}
      columns={[
        {
          head: t.tasks.cid,
          name: true,
          cell: ({ cid }) => (
            <Button look="quiet" label={`${t.tasks.show}: ${cid}`} onPress={() => onChoose(cid)}>
              <span className="mono">{cid}</span>
            </Button>
          ),
        },
        {
          head: t.tasks.lastStep,
          cell: ({ steps }) => {
            const last = steps.at(-1);
            return last === undefined ? '—' : t.tasks[`step_${last.step}`];
          },
        },
        { head: t.devices.at, cell: ({ steps }) => <Time ms={steps.at(-1)?.at ?? null} /> },
      ]}
    />
  );
}

function Steps({ app, task, cid }: { app: string; task: string; cid: string }) {
  const { t, f } = useWords();
  const { data, error, refresh } = useAsk<Timeline>(pathOf('apps', app, 'tasks', task, 'devices', cid), {
    everyMs: 3_000,
  });
  if (error) return <ErrorNote error={error} onRetry={refresh} />;
  if (data === undefined) return <Skeleton lines={4} />;
  const first = data.steps[0];
  if (first === undefined) return <Empty icon="tasks" title={t.tasks.timelineEmpty} />;
  return (
    <ol className="timeline" aria-label={t.tasks.timeline}>
      {data.steps.map(({ step, at }) => (
        <li className="timeline-step" key={step}>
          <span className="timeline-name">{t.tasks[`step_${step}`]}</span>
          <time className="numbers" dateTime={new Date(at).toISOString()} title={f.time(at)}>
            {f.exactTime(at)}
          </time>
          <span className="numbers muted">{at > first.at ? t.tasks.after(f.duration(at - first.at)) : ''}</span>
        </li>
      ))}
    </ol>
  );
}
