import { Link } from 'wouter';
import { pathOf } from '../../api/client.ts';
import { usePaged } from '../../api/paged.ts';
import type { DeviceEvent } from '../../api/types.ts';
import { routes } from '../../app/routes.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Empty } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { Id, Time } from '../../ui/values.tsx';
import { eventText } from './event-text.ts';

/** What happened to messages on a device, latest first. */
export function EventsCard({ app, cid }: { app: string; cid: string }) {
  const { t } = useWords();
  const d = t.devices;
  const paged = usePaged<DeviceEvent>(pathOf('apps', app, 'devices', cid, 'events'), { limit: undefined });
  return (
    <Card title={d.events} flush>
      <PagedTable
        label={d.events}
        paged={paged}
        keyOf={({ at, event, taskId }) => `${at} ${event} ${taskId}`}
        empty={<Empty icon="bell" title={d.eventsEmpty} />}
        columns={[
          { head: d.event, name: true, cell: ({ event }) => eventText(event, t) },
          {
            head: d.task,
            cell: ({ taskId }) => (
              <Link href={routes.task(app, taskId)}>
                <Id text={taskId} />
              </Link>
            ),
          },
          { head: d.at, cell: ({ at }) => <Time ms={at} /> },
        ]}
      />
    </Card>
  );
}
