import { type FormEvent, useState } from 'react';
import { useChange } from '../../api/queries.ts';
import type { NewApp } from '../../api/types.ts';
import { routes } from '../../app/routes.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { CopyText } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { ErrorNote, Notice } from '../../ui/notice.tsx';
import { Fact } from '../../ui/values.tsx';

const maxName = 64;

/** Makes an app and shows its secrets, this once. */
export function CreateAppDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t, f } = useWords();
  const create = useChange<{ name: string }, NewApp>('POST', 'apps', ['apps']);
  const [name, setName] = useState('');
  const [made, setMade] = useState<NewApp>();
  const tooLong = [...name].length > maxName;
  const close = (): void => {
    setName('');
    setMade(undefined);
    create.reset();
    onClose();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() === '' || tooLong) return;
    create.run({ name: name.trim() }).then(setMade, () => {});
  };
  return (
    <Dialog wide title={made ? t.apps.createdTitle : t.apps.create} open={open} onClose={close}>
      {made ? (
        <>
          <Notice tone="warn">{t.common.onceOnly}</Notice>
          <dl className="stack">
            <Fact name={t.apps.appId}>
              <CopyText label={t.apps.appId} text={made.appId} />
            </Fact>
            <Fact name={t.apps.appKey}>
              <CopyText label={t.apps.appKey} text={made.appKey} />
            </Fact>
            <Fact name={`${t.apps.masterSecret} — ${t.apps.masterSecretHelp}`}>
              <CopyText label={t.apps.masterSecret} text={made.masterSecret} />
            </Fact>
            <Fact name={`${t.apps.appSecret} — ${t.apps.appSecretHelp}`}>
              <CopyText label={t.apps.appSecret} text={made.appSecret} />
            </Fact>
          </dl>
          <div className="dialog-actions">
            <ButtonLink href={routes.virtualDevices(made.appId)}>{t.shell.virtualDevices}</ButtonLink>
            <Button look="main" onPress={close}>
              {t.common.close}
            </Button>
          </div>
        </>
      ) : (
        <form className="form" onSubmit={submit}>
          <TextField
            label={t.apps.name}
            value={name}
            onChange={setName}
            autoFocus
            fault={tooLong ? t.faults.tooLong(f.number(maxName)) : undefined}
          />
          {create.error && <ErrorNote error={create.error} />}
          <div className="dialog-actions">
            <Button onPress={close}>{t.common.cancel}</Button>
            <Button look="main" type="submit" busy={create.busy} disabled={name.trim() === '' || tooLong}>
              {t.apps.create}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
