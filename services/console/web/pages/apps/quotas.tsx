import { type FormEvent, useState } from 'react';
import { pathOf } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import type { AppDetail } from '../../api/types.ts';
import type { Dictionary } from '../../i18n/dictionary.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { Bar } from '../../ui/values.tsx';

type Quota = AppDetail['quotas'][number];

const named = [
  'authsPerMinute',
  'callsPerMinute',
  'pushesPerDay',
  'listPerDay',
  'allPerDay',
  'tagPerDay',
  'appPushesPerMinute',
  'tagChangesPerMinute',
] as const;
const maxLimit = 1_000_000_000_000;

/** What an app may use, with how much of it is used. */
export function QuotasCard({ app, mayChange }: { app: AppDetail; mayChange: boolean }) {
  const { t, f } = useWords();
  const a = t.apps;
  const [changing, setChanging] = useState<Quota>();
  return (
    <Card title={a.quotas}>
      <ul className="quotas">
        {app.quotas.map((quota) => {
          const { limit, used, per, name } = quota;
          const part = limit === null || used === null ? 0 : limit === 0 ? 1 : used / limit;
          return (
            <li className="quota" key={name}>
              <div className="row-apart">
                <span>
                  {quotaName(name, t)} <span className="muted small">{per === 'minute' ? a.perMinute : a.perDay}</span>
                </span>
                <span className="row numbers small">
                  {used === null ? '—' : f.number(used)} / {limit === null ? a.unlimited : f.number(limit)}
                  {mayChange && (
                    <Button look="quiet" label={a.changeLimit(quotaName(name, t))} onPress={() => setChanging(quota)}>
                      {a.limit}
                    </Button>
                  )}
                </span>
              </div>
              <Bar value={part} tone={part >= 0.95 ? 'bad' : part >= 0.8 ? 'warn' : 'good'} />
            </li>
          );
        })}
      </ul>
      {changing && <LimitDialog app={app.appId} quota={changing} onClose={() => setChanging(undefined)} />}
    </Card>
  );
}

function LimitDialog({ app, quota, onClose }: { app: string; quota: Quota; onClose: () => void }) {
  const { t, f } = useWords();
  const a = t.apps;
  const change = useChange<{ quotas: Record<string, number | null> }, AppDetail>('PATCH', pathOf('apps', app), [
    'apps',
  ]);
  const [text, setText] = useState(quota.limit === null || quota.limit === quota.default ? '' : String(quota.limit));
  const good = text.trim() === '' || (/^\d{1,13}$/.test(text.trim()) && Number(text) <= maxLimit);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!good) return;
    change.run({ quotas: { [quota.name]: text.trim() === '' ? null : Number(text) } }).then(onClose, () => {});
  };
  return (
    <Dialog title={a.changeLimit(quotaName(quota.name, t))} open onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextField
          label={`${a.limit} (${quota.per === 'minute' ? a.perMinute : a.perDay})`}
          inputMode="numeric"
          value={text}
          onChange={setText}
          autoFocus
          help={`${a.limitHelp} (${a.byDefault(quota.default === null ? a.unlimited : f.number(quota.default))})`}
          fault={good ? undefined : t.faults.range('0', f.number(maxLimit))}
        />
        {change.error && <ErrorNote error={change.error} />}
        <div className="dialog-actions">
          <Button onPress={onClose}>{t.common.cancel}</Button>
          <Button look="main" type="submit" busy={change.busy}>
            {t.common.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function quotaName(name: string, t: Dictionary): string {
  const known = named.find((one) => one === name);
  return known === undefined ? name : t.apps[known];
}
