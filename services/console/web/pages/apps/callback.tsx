import { type FormEvent, useState } from 'react';
import { pathOf } from '../../api/client.ts';
import { useAsk, useChange } from '../../api/queries.ts';
import type { AppDetail, CallbackTest, CallbackTry } from '../../api/types.ts';
import type { Dictionary } from '../../i18n/dictionary.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { ErrorNote, Notice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { Status } from '../../ui/status.tsx';
import { Table } from '../../ui/table.tsx';
import { Time } from '../../ui/values.tsx';

/** Where receipts go, a test of it, and what went there. */
export function CallbackCard({ app, mayChange }: { app: AppDetail; mayChange: boolean }) {
  const { t, f } = useWords();
  const a = t.apps;
  const path = pathOf('apps', app.appId);
  const [url, setUrl] = useState(app.callbackUrl ?? '');
  const save = useChange<{ callbackUrl: string | null }, AppDetail>('PATCH', path, ['apps']);
  const test = useChange<undefined, CallbackTest>('POST', `${path}/callback-test`, [path]);
  const [saved, setSaved] = useState(false);
  const [tested, setTested] = useState<CallbackTest>();
  const good = url === '' || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!good) return;
    save.run({ callbackUrl: url === '' ? null : url }).then(
      () => setSaved(true),
      () => {},
    );
  };
  return (
    <Card title={a.callback}>
      <form className="ask" onSubmit={submit}>
        <TextField
          label={a.callbackUrl}
          inputMode="url"
          mono
          value={url}
          disabled={!mayChange}
          onChange={(text) => {
            setUrl(text);
            setSaved(false);
          }}
          help={a.callbackHelp}
          fault={good ? undefined : t.faults.url}
        />
        {mayChange && (
          <>
            <Button type="submit" busy={save.busy}>
              {saved ? t.common.saved : t.common.save}
            </Button>
            <Button
              busy={test.busy}
              disabled={app.callbackUrl === null}
              onPress={() => void test.run(undefined).then(setTested, () => {})}
            >
              {a.test}
            </Button>
          </>
        )}
      </form>
      {save.error && <ErrorNote error={save.error} />}
      {test.error && <ErrorNote error={test.error} />}
      {tested &&
        (tested.status === null ? (
          <Notice tone="bad">{a.testFailed(failureText(tested, t))}</Notice>
        ) : (
          <Notice tone={tested.status < 300 ? 'good' : 'warn'}>
            {a.testDone(String(tested.status), f.duration(tested.ms))}
          </Notice>
        ))}
      <Deliveries path={path} />
    </Card>
  );
}

function Deliveries({ path }: { path: string }) {
  const { t, f } = useWords();
  const a = t.apps;
  const { data, error, refresh } = useAsk<{ items: CallbackTry[] }>(`${path}/callbacks`, { everyMs: 10_000 });
  if (error) return <ErrorNote error={error} onRetry={refresh} />;
  if (data === undefined || data.items.length === 0) return <p className="small muted">{a.deliveriesEmpty}</p>;
  return (
    <div className="stack-tight">
      <h3>{a.deliveries}</h3>
      <Table
        label={a.deliveries}
        rows={data.items}
        keyOf={({ at, records, status }) => `${at} ${records} ${status}`}
        columns={[
          { head: t.devices.at, name: true, cell: ({ at }) => <Time ms={at} /> },
          {
            head: a.status,
            cell: (tried) =>
              tried.status !== null && tried.status < 300 ? (
                <Status tone="good" text={String(tried.status)} />
              ) : (
                <Status tone="bad" text={tried.status === null ? failureText(tried, t) : String(tried.status)} />
              ),
          },
          { head: a.records, figure: true, cell: ({ records }) => f.number(records) },
        ]}
      />
    </div>
  );
}

function failureText({ error, failure = 'other' }: Pick<CallbackTry, 'error' | 'failure'>, t: Dictionary): string {
  return t.callbackFailures === null ? (error ?? '—') : t.callbackFailures[failure];
}
