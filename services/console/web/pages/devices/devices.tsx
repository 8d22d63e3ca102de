import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { pathOf } from '../../api/client.ts';
import { usePaged } from '../../api/paged.ts';
import type { DeviceView } from '../../api/types.ts';
import { useAppName } from '../../app/apps.ts';
import { routes } from '../../app/routes.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Empty } from '../../ui/notice.tsx';
import { Card, PageFrame } from '../../ui/page.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { Ago } from '../../ui/values.tsx';
import { DeviceStatus } from './device-status.tsx';

const isCid = (text: string): boolean => /^[0-9a-f]{32}$/.test(text);
/** As the API takes aliases. */
const isAlias = (text: string): boolean => /^[A-Za-z0-9_\p{Script=Han}]{1,39}$/u.test(text);

export function DevicesPage({ app }: { app: string }) {
  const { t, f } = useWords();
  const d = t.devices;
  const [text, setText] = useState('');
  const [asked, setAsked] = useState('');
  const [tried, setTried] = useState(false);
  const typed = text.trim();
  const good = typed === '' || isCid(typed) || isAlias(typed);
  const paged = usePaged<DeviceView>(
    pathOf('apps', app, 'devices'),
    asked === '' ? {} : isCid(asked) ? { cid: asked } : { alias: asked },
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (good) setAsked(typed);
  };
  return (
    <PageFrame
      title={d.title}
      lead={useAppName(app)}
      actions={
        <Button icon="refresh" onPress={paged.refresh}>
          {t.common.refresh}
        </Button>
      }
    >
      <Card flush>
        <form className="filters" onSubmit={submit}>
          <TextField
            label={d.value}
            type="search"
            mono
            value={text}
            onChange={setText}
            help={d.startText}
            fault={tried && !good ? t.faults.alias : undefined}
          />
          <Button type="submit" icon="search">
            {d.find}
          </Button>
        </form>
        <PagedTable
          label={d.title}
          paged={paged}
          keyOf={({ cid }) => cid}
          empty={
            <Empty icon="devices" title={d.empty}>
              <ButtonLink icon="virtual" href={routes.virtualDevices(app)}>
                {t.shell.virtualDevices}
              </ButtonLink>
            </Empty>
          }
          columns={[
            {
              head: d.cid,
              name: true,
              cell: ({ cid }) => (
                <Link className="mono" href={routes.device(app, cid)}>
                  {cid}
                </Link>
              ),
            },
            { head: t.overview.state, cell: (device) => <DeviceStatus device={device} /> },
            {
              head: d.platform,
              cell: ({ platform, model }) => (model === null ? platform : `${platform} · ${model}`),
            },
            { head: d.alias, cell: ({ alias }) => alias ?? '—' },
            { head: d.lastLogin, cell: ({ lastLoginAt }) => <Ago ms={lastLoginAt} /> },
            { head: d.queued, figure: true, cell: ({ queued }) => f.number(queued) },
          ]}
        />
      </Card>
    </PageFrame>
  );
}
