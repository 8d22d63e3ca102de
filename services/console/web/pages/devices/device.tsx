import { pathOf } from '../../api/client.ts';
import { useAsk } from '../../api/queries.ts';
import { useRight } from '../../api/session.tsx';
import type { DeviceView } from '../../api/types.ts';
import { routes } from '../../app/routes.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { BackLink } from '../../ui/back-link.tsx';
import { ButtonLink } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/notice.tsx';
import { Card, PageFrame, Skeleton } from '../../ui/page.tsx';
import { Ago, Fact, Facts, Time } from '../../ui/values.tsx';
import { DeviceActions } from './device-actions.tsx';
import { DeviceStatus } from './device-status.tsx';
import { EventsCard } from './events.tsx';
import { QueueCard } from './queue.tsx';

const askEveryMs = 5_000;

/** One device: where it is, what waits for it, what it did. */
export function DevicePage({ app, cid }: { app: string; cid: string }) {
  const { t, f } = useWords();
  const d = t.devices;
  const path = pathOf('apps', app, 'devices', cid);
  const { data, error, refresh } = useAsk<DeviceView>(path, { everyMs: askEveryMs });
  const mayChange = useRight('admin', app);
  const maySend = useRight('sender', app);
  return (
    <PageFrame
      title={cid}
      back={<BackLink href={routes.devices(app)}>{d.title}</BackLink>}
      actions={
        <>
          {data && mayChange && <DeviceActions app={app} device={data} />}
          {maySend && (
            <ButtonLink look="main" icon="send" href={`${routes.send(app)}?cid=${encodeURIComponent(cid)}`}>
              {d.pushTo}
            </ButtonLink>
          )}
        </>
      }
    >
      {error && <ErrorNote error={error} onRetry={refresh} />}
      {data === undefined ? (
        !error && <Skeleton lines={6} />
      ) : (
        <Card title={d.details}>
          <Facts>
            <Fact name={d.connection}>
              <span className="row">
                <DeviceStatus device={data} />
                {data.online && <span className="small mono">{d.on(data.online.node)}</span>}
              </span>
            </Fact>
            {data.online && (
              <Fact name={d.since}>
                <Ago ms={data.online.since} />
              </Fact>
            )}
            <Fact name={d.queued}>
              <span className="numbers">{f.number(data.queued)}</span>
            </Fact>
            <Fact name={d.platform}>{data.platform}</Fact>
            <Fact name={d.model}>{data.model ?? '—'}</Fact>
            <Fact name={d.registered}>
              <Time ms={data.registeredAt} />
            </Fact>
            <Fact name={d.lastLogin}>{data.lastLoginAt === null ? d.never : <Ago ms={data.lastLoginAt} />}</Fact>
            <Fact name={d.alias}>{data.alias ?? '—'}</Fact>
            <Fact name={d.channel}>{data.channel ?? '—'}</Fact>
            <Fact name={d.tags}>
              {data.tags.length === 0 ? (
                d.noTags
              ) : (
                <span className="tags">
                  {data.tags.map((tag) => (
                    <span className="tag" key={tag}>
                      {tag}
                    </span>
                  ))}
                </span>
              )}
            </Fact>
          </Facts>
        </Card>
      )}
      <QueueCard app={app} cid={cid} />
      <EventsCard app={app} cid={cid} />
    </PageFrame>
  );
}
