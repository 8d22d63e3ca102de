import { Link } from 'wouter';
import { pathOf } from '../../api/client.ts';
import { usePaged } from '../../api/paged.ts';
import type { QueuedMessage } from '../../api/types.ts';
import { routes } from '../../app/routes.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Empty } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { Id, Time } from '../../ui/values.tsx';

/** What waits for a device. */
export function QueueCard({ app, cid }: { app: string; cid: string }) {
  const { t } = useWords();
  const d = t.devices;
  const paged = usePaged<QueuedMessage>(pathOf('apps', app, 'devices', cid, 'queue'));
  return (
    <Card title={d.queue} flush>
      <PagedTable
        label={d.queue}
        paged={paged}
        keyOf={({ seq }) => String(seq)}
        empty={<Empty icon="inbox" title={d.queueEmpty} />}
        columns={[
          {
            head: t.send.content,
            name: true,
            cell: ({ message }) => (message === null ? t.tasks.stopped : (message.title ?? message.text)),
          },
          {
            head: d.task,
            cell: ({ taskId }) => (
              <Link href={routes.task(app, taskId)}>
                <Id text={taskId} />
              </Link>
            ),
          },
          { head: d.accepted, cell: ({ acceptedAt }) => <Time ms={acceptedAt} /> },
          { head: d.expires, cell: ({ expiresAt }) => <Time ms={expiresAt} /> },
        ]}
      />
    </Card>
  );
}
