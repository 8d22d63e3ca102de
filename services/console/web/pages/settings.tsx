import { useState } from 'react';
import { pathOf } from '../api/client.ts';
import { useAsk } from '../api/queries.ts';
import type { InstanceSettings, Overview, Setting } from '../api/types.ts';
import { useWords } from '../i18n/i18n.tsx';
import { refusedText, settingText } from '../i18n/setting-text.ts';
import { Choice, TextField } from '../ui/field.tsx';
import { Empty, ErrorNote, Notice } from '../ui/notice.tsx';
import { Card, PageFrame, Skeleton } from '../ui/page.tsx';
import { Switch } from '../ui/pick.tsx';
import { Status } from '../ui/status.tsx';
import { Table } from '../ui/table.tsx';

/** What each instance runs with. */
export function SettingsPage() {
  const { t } = useWords();
  const s = t.settings;
  const overview = useAsk<Overview>('overview');
  const instances = (overview.data?.roles ?? []).flatMap(({ role, instances: all }) =>
    all
      .filter(({ state }) => state !== 'gone')
      .map(({ name }) => ({ value: `${role}/${name}`, text: `${role} · ${name}` })),
  );
  const [chosen, setChosen] = useState<string>();
  const instance = chosen ?? instances[0]?.value;
  return (
    <PageFrame title={s.title} lead={s.lead}>
      {overview.error && <ErrorNote error={overview.error} onRetry={overview.refresh} />}
      <div className="settings-instance">
        <Choice label={s.instance} value={instance} options={instances} onChange={setChosen} placeholder={s.choose} />
      </div>
      {instance !== undefined && <Keys instance={instance} key={instance} />}
    </PageFrame>
  );
}

function Keys({ instance }: { instance: string }) {
  const { t } = useWords();
  const s = t.settings;
  const [role = '', ...rest] = instance.split('/');
  const { data, error, refresh } = useAsk<InstanceSettings>(`${pathOf('instances', role, rest.join('/'))}/settings`);
  const [part, setPart] = useState('');
  const [changedOnly, setChangedOnly] = useState(false);
  if (error) return <ErrorNote error={error} onRetry={refresh} />;
  if (data === undefined) return <Skeleton lines={9} />;
  const rows = data.keys.filter(
    ({ key, source }) =>
      key.toLowerCase().includes(part.trim().toLowerCase()) && (!changedOnly || source !== 'default'),
  );
  return (
    <>
      {data.release !== null && <p className="muted small break">{s.release(data.release)}</p>}
      {data.refused.length > 0 && (
        <Notice tone="bad">
          <p>{s.refused}</p>
          {data.refused.map((line) => (
            <p className="mono small break" key={line}>
              {refusedText(line, t)}
            </p>
          ))}
        </Notice>
      )}
      <Card flush>
        <search className="filters" aria-label={t.common.search}>
          <TextField label={s.filter} type="search" value={part} onChange={setPart} />
          <Switch label={s.changedOnly} on={changedOnly} onChange={setChangedOnly} />
        </search>
        {rows.length === 0 ? (
          <Empty icon="settings" title={s.empty} />
        ) : (
          <Table
            label={s.title}
            rows={rows}
            keyOf={({ key }) => key}
            columns={[
              {
                head: s.key,
                name: true,
                cell: ({ key, description }) => (
                  <>
                    <span className="mono">{key}</span>
                    <span className="setting-text">{settingText(role, key, description, t)}</span>
                  </>
                ),
              },
              { head: s.value, cell: (setting) => <Value setting={setting} /> },
              {
                head: s.source,
                cell: ({ source }) =>
                  source === 'default' ? (
                    <span className="muted">{s[source]}</span>
                  ) : (
                    <Status tone="busy" text={s[source]} />
                  ),
              },
              { head: s.hot, cell: ({ hot }) => (hot ? <Status tone="good" text={s.hotText} /> : '—') },
            ]}
          />
        )}
      </Card>
    </>
  );
}

function Value({ setting: { value, unit, secret, pending } }: { setting: Setting }) {
  const { t } = useWords();
  return (
    <span className="stack-tight">
      <span className="mono break" title={secret ? t.settings.secret : undefined}>
        {value === null ? <span className="muted">—</span> : value === '' ? '""' : value}
        {value !== null && unit !== null && <span className="muted"> {unit}</span>}
      </span>
      {pending && <span className="small muted">{t.settings.pending}</span>}
    </span>
  );
}
