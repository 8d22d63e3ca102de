import { useState } from 'react';
import { Link } from 'wouter';
import { usePaged } from '../../api/paged.ts';
import { useRight } from '../../api/session.tsx';
import type { AppSummary } from '../../api/types.ts';
import { routes } from '../../app/routes.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/notice.tsx';
import { Card, PageFrame } from '../../ui/page.tsx';
import { Status } from '../../ui/status.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { Time } from '../../ui/values.tsx';
import { CreateAppDialog } from './create-app.tsx';

export function AppsPage() {
  const { t } = useWords();
  const mayCreate = useRight('admin', '*');
  const paged = usePaged<AppSummary>('apps');
  const [creating, setCreating] = useState(false);
  const button = mayCreate && (
    <Button look="main" icon="plus" onPress={() => setCreating(true)}>
      {t.apps.create}
    </Button>
  );
  return (
    <PageFrame title={t.apps.title} actions={button}>
      <Card flush>
        <PagedTable
          label={t.apps.title}
          paged={paged}
          keyOf={({ appId }) => appId}
          empty={
            <Empty icon="app" title={t.apps.empty} text={t.apps.emptyText}>
              {button}
            </Empty>
          }
          columns={[
            {
              head: t.apps.name,
              name: true,
              cell: ({ appId, name }) => <Link href={routes.app(appId)}>{name}</Link>,
            },
            { head: t.apps.appId, cell: ({ appId }) => <span className="mono break">{appId}</span> },
            { head: t.overview.state, cell: (app) => <AppStatus disabled={app.disabled} /> },
            { head: t.apps.created, cell: ({ createdAt }) => <Time ms={createdAt} /> },
          ]}
        />
      </Card>
      <CreateAppDialog open={creating} onClose={() => setCreating(false)} />
    </PageFrame>
  );
}

export function AppStatus({ disabled }: { disabled: boolean }) {
  const { t } = useWords();
  return disabled ? <Status tone="bad" text={t.apps.disabled} /> : <Status tone="good" text={t.apps.enabled} />;
}
