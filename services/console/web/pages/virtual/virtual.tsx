import { useSyncExternalStore } from 'react';
import { pathOf } from '../../api/client.ts';
import { useClient, useRight, useSession } from '../../api/session.tsx';
import type { SignAnswer } from '../../api/types.ts';
import { useAppName } from '../../app/apps.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty, Notice } from '../../ui/notice.tsx';
import { Card, PageFrame } from '../../ui/page.tsx';
import { PhoneCard } from './phone-card.tsx';
import { maxPhones, phones } from './phones.ts';

/** Phones in the page. */
export function VirtualPage({ app }: { app: string }) {
  const { t, f } = useWords();
  const v = t.virtual;
  const client = useClient();
  const { deviceUrl } = useSession();
  const maySend = useRight('sender', app);
  const views = useSyncExternalStore(phones.subscribe, () => phones.views(app));
  const hasWebSocket = typeof WebSocket !== 'undefined';
  const possible = deviceUrl !== null && maySend && hasWebSocket;
  const add = (): void => {
    if (deviceUrl === null) return;
    const path = `${pathOf('apps', app)}/virtual-devices/sign`;
    phones.add(
      app,
      deviceUrl,
      async (request) => (await client.call<SignAnswer>('POST', path, { body: request })).sign,
    );
  };
  const button = (
    <Button look="main" icon="plus" onPress={add} disabled={views.length >= maxPhones}>
      {v.add}
    </Button>
  );
  return (
    <PageFrame title={v.title} lead={`${useAppName(app)} · ${v.lead}`} actions={possible && views.length > 0 && button}>
      {deviceUrl === null && <Notice tone="idle">{v.noUrl}</Notice>}
      {!maySend && <Notice tone="idle">{v.needsSender}</Notice>}
      {!hasWebSocket && <Notice tone="warn">{v.noWebSocket}</Notice>}
      {deviceUrl !== null && views.some(({ unreachable }) => unreachable) && (
        <Notice tone="warn">{v.unreachable(deviceUrl)}</Notice>
      )}
      {views.length >= maxPhones && <Notice tone="idle">{v.tooMany(f.number(maxPhones))}</Notice>}
      {views.length === 0 ? (
        <Card>
          <Empty icon="virtual" title={v.first} text={v.firstText}>
            {possible && button}
          </Empty>
        </Card>
      ) : (
        <div className="phones">
          {views.map((view) => (
            <PhoneCard app={app} view={view} key={view.slot} />
          ))}
        </div>
      )}
    </PageFrame>
  );
}
