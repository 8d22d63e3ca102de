import { type FormEvent, useState } from 'react';
import { useChange } from '../api/queries.ts';
import { useSessionHold } from '../api/session.tsx';
import type { Session } from '../api/types.ts';
import { useWords } from '../i18n/i18n.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { ErrorNote, Notice } from '../ui/notice.tsx';

const minLength = 12;

export function ChangePasswordForm({ onDone }: { onDone: () => void }) {
  const { t } = useWords();
  const { opened } = useSessionHold();
  const change = useChange<{ current: string; next: string }, Session>('POST', 'session/password');
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [repeat, setRepeat] = useState('');
  const tooShort = next !== '' && [...next].length < minLength;
  const differs = repeat !== '' && repeat !== next;
  const complete = current !== '' && next !== '' && repeat === next && !tooShort;
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!complete) return;
    try {
      opened(await change.run({ current, next }));
      onDone();
    } catch {
      // Shown from the change's error.
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <TextField
        label={t.signIn.current}
        type="password"
        autoComplete="current-password"
        value={current}
        onChange={setCurrent}
      />
      <TextField
        label={t.signIn.next}
        type="password"
        autoComplete="new-password"
        value={next}
        onChange={setNext}
        help={t.signIn.nextHelp}
        fault={tooShort ? t.signIn.nextHelp : undefined}
      />
      <TextField
        label={t.signIn.repeat}
        type="password"
        autoComplete="new-password"
        value={repeat}
        onChange={setRepeat}
        fault={differs ? t.signIn.differ : undefined}
      />
      {change.error && <ErrorNote error={change.error} />}
      <Button look="main" type="submit" disabled={!complete} busy={change.busy}>
        {t.signIn.change}
      </Button>
    </form>
  );
}

export function ChangePasswordDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useWords();
  const [done, setDone] = useState(false);
  const close = (): void => {
    setDone(false);
    onClose();
  };
  return (
    <Dialog title={t.signIn.changeTitle} open={open} onClose={close}>
      {done ? <Notice tone="good">{t.signIn.changed}</Notice> : <ChangePasswordForm onDone={() => setDone(true)} />}
    </Dialog>
  );
}
