import { useState } from 'react';
import { pathOf } from '../../api/client.ts';
import { useAsk, useChange } from '../../api/queries.ts';
import { useRight } from '../../api/session.tsx';
import type { AppDetail } from '../../api/types.ts';
import { routes } from '../../app/routes.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { BackLink } from '../../ui/back-link.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyText } from '../../ui/copy.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/notice.tsx';
import { Card, PageFrame, Skeleton } from '../../ui/page.tsx';
import { Fact, Facts, Time } from '../../ui/values.tsx';
import { AppStatus } from './apps.tsx';
import { CallbackCard } from './callback.tsx';
import { ChannelsCard } from './channels.tsx';
import { QuotasCard } from './quotas.tsx';
import { SecretsCard } from './secrets.tsx';

/** One app: its keys, what it may use, whose push services it sends by, where its receipts go. */
export function AppPage({ app }: { app: string }) {
  const { t } = useWords();
  const { data, error, refresh } = useAsk<AppDetail>(pathOf('apps', app), { everyMs: 10_000 });
  const mayChange = useRight('admin', app);
  return (
    <PageFrame
      title={data?.name ?? app}
      back={<BackLink href={routes.apps}>{t.apps.title}</BackLink>}
      actions={data && mayChange && <DisableButton app={data} />}
    >
      {error && <ErrorNote error={error} onRetry={refresh} />}
      {data === undefined ? (
        !error && <Skeleton lines={8} />
      ) : (
        <>
          <Card title={t.devices.details}>
            <Facts>
              <Fact name={t.overview.state}>
                <AppStatus disabled={data.disabled} />
              </Fact>
              <Fact name={t.apps.created}>
                <Time ms={data.createdAt} />
              </Fact>
            </Facts>
            <Facts wide>
              <Fact name={t.apps.appId}>
                <CopyText label={t.apps.appId} text={data.appId} />
              </Fact>
              <Fact name={t.apps.appKey}>
                <CopyText label={t.apps.appKey} text={data.appKey} />
              </Fact>
            </Facts>
          </Card>
          {mayChange && <SecretsCard app={app} />}
          <QuotasCard app={data} mayChange={mayChange} />
          <ChannelsCard app={app} mayChange={mayChange} />
          <CallbackCard app={data} mayChange={mayChange} />
        </>
      )}
    </PageFrame>
  );
}

function DisableButton({ app }: { app: AppDetail }) {
  const { t } = useWords();
  const change = useChange<{ disabled: boolean }, AppDetail>('PATCH', pathOf('apps', app.appId), ['apps']);
  const [asking, setAsking] = useState(false);
  if (app.disabled) {
    return (
      <>
        {change.error && <ErrorNote error={change.error} />}
        <Button busy={change.busy} onPress={() => void change.run({ disabled: false }).catch(() => {})}>
          {t.apps.enable}
        </Button>
      </>
    );
  }
  return (
    <>
      <Button look="danger" onPress={() => setAsking(true)}>
        {t.apps.disable}
      </Button>
      <ConfirmDialog
        open={asking}
        title={t.apps.disable}
        text={t.apps.disableText}
        action={t.apps.disable}
        danger
        busy={change.busy}
        error={change.error}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          change.run({ disabled: true }).then(
            () => setAsking(false),
            () => {},
          );
        }}
      />
    </>
  );
}
