import { type FormEvent, useState } from 'react';
import { pathOf } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import type { NewOperator, Operator, Right } from '../../api/types.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/notice.tsx';
import { type RightRow, RightsFields, rightsOf, rowsOf } from './rights-fields.tsx';

/** As the backend takes names. */
const isName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/.test(name);

export function CreateOperatorDialog({
  open,
  onClose,
  onMade,
}: {
  open: boolean;
  onClose: () => void;
  onMade: (made: NewOperator) => void;
}) {
  const { t } = useWords();
  const o = t.operators;
  const create = useChange<{ name: string; rights: Right[] }, NewOperator>('POST', 'operators', ['operators']);
  const [name, setName] = useState('');
  const [rows, setRows] = useState<RightRow[]>(rowsOf([{ right: 'viewer', app: '*' }]));
  const close = (): void => {
    setName('');
    create.reset();
    onClose();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isName(name)) return;
    create.run({ name, rights: rightsOf(rows) }).then(
      (made) => {
        close();
        onMade(made);
      },
      () => {},
    );
  };
  return (
    <Dialog wide title={o.create} open={open} onClose={close}>
      <form className="form" onSubmit={submit}>
        <TextField
          label={o.name}
          value={name}
          onChange={setName}
          autoFocus
          help={o.nameHelp}
          fault={name !== '' && !isName(name) ? o.nameHelp : undefined}
        />
        <RightsFields rows={rows} onChange={setRows} />
        {create.error && <ErrorNote error={create.error} />}
        <div className="dialog-actions">
          <Button onPress={close}>{t.common.cancel}</Button>
          <Button look="main" type="submit" busy={create.busy} disabled={!isName(name)}>
            {o.create}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function EditRightsDialog({ operator, onClose }: { operator: Operator; onClose: () => void }) {
  const { t } = useWords();
  const change = useChange<{ rights: Right[] }, Operator>('PATCH', pathOf('operators', operator.id), ['operators']);
  const [rows, setRows] = useState<RightRow[]>(rowsOf(operator.rights));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.run({ rights: rightsOf(rows) }).then(onClose, () => {});
  };
  return (
    <Dialog wide title={t.operators.editTitle(operator.name)} open onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <RightsFields rows={rows} onChange={setRows} />
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
