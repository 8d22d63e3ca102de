import { type FormEvent, useState } from 'react';
import { pathOf } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import type { AppDetail } from '../../api/types.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';

/** Where receipts go. */
export function CallbackCard({ app, mayChange }: { app: AppDetail; mayChange: boolean }) {
  const { t } = useWords();
  const a = t.apps;
  const path = pathOf('apps', app.appId);
  const [url, setUrl] = useState(app.callbackUrl ?? '');
  const save = useChange<{ callbackUrl: string | null }, AppDetail>('PATCH', path, ['apps']);
  const [saved, setSaved] = useState(false);
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
          <Button type="submit" busy={save.busy}>
            {saved ? t.common.saved : t.common.save}
          </Button>
        )}
      </form>
      {save.error && <ErrorNote error={save.error} />}
    </Card>
  );
}
