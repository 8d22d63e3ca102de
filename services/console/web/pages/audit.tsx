import { useState } from 'react';
import { usePaged } from '../api/paged.ts';
import type { AuditEntry } from '../api/types.ts';
import { useApps } from '../app/apps.ts';
import { useWords } from '../i18n/i18n.tsx';
import { Button } from '../ui/button.tsx';
import { Choice, TextField } from '../ui/field.tsx';
import { Empty } from '../ui/notice.tsx';
import { Card, PageFrame } from '../ui/page.tsx';
import { Status, type Tone } from '../ui/status.tsx';
import { PagedTable } from '../ui/table.tsx';
import { useSettled } from '../ui/use-settled.ts';
import { Id, Time } from '../ui/values.tsx';

const tones: Record<AuditEntry['result'], Tone> = { done: 'good', refused: 'warn', failed: 'bad' };
const noFilter = { operator: '', action: '', app: '*' };

/** What operators did and tried. */
export function AuditPage() {
  const { t, f } = useWords();
  const a = t.audit;
  const { data } = useApps();
  const [filter, setFilter] = useState(noFilter);
  const settled = useSettled(filter);
  const isName = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/.test(settled.operator);
  const isAction = /^[A-Za-z]{1,40}$/.test(settled.action);
  const paged = usePaged<AuditEntry>('audit', {
    operator: isName ? settled.operator : undefined,
    action: isAction ? settled.action : undefined,
    app: settled.app === '*' ? undefined : settled.app,
  });
  const set = (changes: Partial<typeof noFilter>): void => setFilter((now) => ({ ...now, ...changes }));
  return (
    <PageFrame
      title={a.title}
      lead={a.lead}
      actions={
        <Button icon="refresh" onPress={paged.refresh}>
          {t.common.refresh}
        </Button>
      }
    >
      <Card flush>
        <search className="filters" aria-label={t.common.search}>
          <TextField
            label={a.operator}
            type="search"
            value={filter.operator}
            onChange={(operator) => set({ operator })}
          />
          <TextField label={a.action} type="search" value={filter.action} onChange={(action) => set({ action })} />
          <Choice
            label={a.app}
            value={filter.app}
            options={[
              { value: '*', text: t.common.all },
              ...(data?.items ?? []).map(({ appId, name }) => ({ value: appId, text: name })),
            ]}
            onChange={(app) => set({ app })}
          />
          <Button look="quiet" onPress={() => setFilter(noFilter)}>
            {t.common.clear}
          </Button>
        </search>
        <PagedTable
          label={a.title}
          paged={paged}
          keyOf={({ id }) => id}
          empty={<Empty icon="audit" title={a.empty} />}
          columns={[
            { head: a.at, cell: ({ at }) => <Time ms={at} /> },
            { head: a.operator, cell: ({ operator }) => <span className="break">{operator ?? '—'}</span> },
            { head: a.action, name: true, cell: ({ action }) => <span className="mono">{action}</span> },
            {
              head: a.result,
              cell: ({ result, detail: { count } }) => (
                <>
                  <Status tone={tones[result]} text={a[result]} />
                  {typeof count === 'number' && <span className="numbers"> {t.common.times(f.number(count))}</span>}
                </>
              ),
            },
            { head: a.app, cell: ({ app }) => app ?? '—' },
            { head: a.target, cell: ({ target }) => (target === null ? '—' : <Id text={target} />) },
            { head: a.address, cell: ({ address }) => <span className="mono">{address}</span> },
            { head: a.detail, cell: ({ detail }) => <Detail detail={detail} /> },
          ]}
        />
      </Card>
    </PageFrame>
  );
}

function Detail({ detail }: { detail: AuditEntry['detail'] }) {
  const { f } = useWords();
  const entries = Object.entries(detail).map(([name, value]): [string, unknown] => [
    name,
    name.endsWith('At') && typeof value === 'number' ? f.time(value) : value,
  ]);
  if (entries.length === 0) return <>—</>;
  return (
    <span className="mono small break">
      {entries
        .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
        .join(', ')}
    </span>
  );
}
