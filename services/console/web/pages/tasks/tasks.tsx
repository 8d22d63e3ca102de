import { useState } from 'react';
import { Link } from 'wouter';
import { pathOf } from '../../api/client.ts';
import { usePaged } from '../../api/paged.ts';
import type { TaskItem } from '../../api/types.ts';
import { useAppName } from '../../app/apps.ts';
import { routes } from '../../app/routes.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Choice, TextField } from '../../ui/field.tsx';
import { Empty } from '../../ui/notice.tsx';
import { Card, PageFrame } from '../../ui/page.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { useSettled } from '../../ui/use-settled.ts';
import { Id, Time } from '../../ui/values.tsx';
import { TaskStatus } from './task-status.tsx';

const states: (TaskItem['state'] | 'all')[] = ['all', 'scheduled', 'running', 'done', 'stopped'];
const noFilter = { id: '', group: '', state: 'all' as (typeof states)[number], from: '', to: '' };

export function TasksPage({ app }: { app: string }) {
  const { t, f } = useWords();
  const [filter, setFilter] = useState(noFilter);
  const settled = useSettled(filter);
  const timeOf = (text: string): number | undefined => {
    const ms = Date.parse(text);
    return Number.isNaN(ms) ? undefined : ms;
  };
  const paged = usePaged<TaskItem>(pathOf('apps', app, 'tasks'), {
    id: /^[A-Za-z0-9_-]{1,64}$/.test(settled.id.trim()) ? settled.id.trim() : undefined,
    group: settled.group === '' ? undefined : settled.group.slice(0, 100),
    state: settled.state === 'all' ? undefined : settled.state,
    from: timeOf(settled.from),
    to: timeOf(settled.to),
  });
  const set = (changes: Partial<typeof noFilter>): void => setFilter((now) => ({ ...now, ...changes }));
  return (
    <PageFrame
      title={t.tasks.title}
      lead={useAppName(app)}
      actions={
        <>
          <Button icon="refresh" onPress={paged.refresh}>
            {t.common.refresh}
          </Button>
          <ButtonLink look="main" icon="send" href={routes.send(app)}>
            {t.shell.send}
          </ButtonLink>
        </>
      }
    >
      <Card flush>
        <search className="filters" aria-label={t.common.search}>
          <TextField
            label={t.tasks.id}
            type="search"
            mono
            value={filter.id}
            onChange={(id) => set({ id })}
            help={t.tasks.idHelp}
          />
          <TextField label={t.tasks.group} type="search" value={filter.group} onChange={(group) => set({ group })} />
          <Choice
            label={t.tasks.state}
            value={filter.state}
            options={states.map((value) => ({ value, text: value === 'all' ? t.common.all : t.tasks[value] }))}
            onChange={(state) => set({ state })}
          />
          <TextField
            label={t.tasks.from}
            type="datetime-local"
            value={filter.from}
            onChange={(from) => set({ from })}
          />
          <TextField label={t.tasks.to} type="datetime-local" value={filter.to} onChange={(to) => set({ to })} />
          <Button look="quiet" onPress={() => setFilter(noFilter)}>
            {t.common.clear}
          </Button>
        </search>
        <PagedTable
          label={t.tasks.title}
          paged={paged}
          keyOf={({ taskId }) => taskId}
          empty={
            <Empty icon="tasks" title={t.tasks.empty} text={t.tasks.emptyText}>
              <ButtonLink icon="send" href={routes.send(app)}>
                {t.shell.send}
              </ButtonLink>
            </Empty>
          }
          columns={[
            {
              head: t.tasks.task,
              name: true,
              cell: ({ taskId }) => (
                <Link href={routes.task(app, taskId)}>
                  <Id text={taskId} />
                </Link>
              ),
            },
            { head: t.tasks.created, cell: ({ createdAt }) => <Time ms={createdAt} /> },
            { head: t.tasks.audience, cell: ({ audience }) => t.tasks[`to_${audience}`] },
            { head: t.tasks.group, cell: ({ group }) => <span className="break">{group ?? '—'}</span> },
            { head: t.tasks.state, cell: ({ state }) => <TaskStatus state={state} /> },
            { head: t.tasks.targets, figure: true, cell: ({ targets }) => f.number(targets) },
            { head: t.tasks.arrived, figure: true, cell: ({ arrived }) => f.number(arrived) },
          ]}
        />
      </Card>
    </PageFrame>
  );
}
