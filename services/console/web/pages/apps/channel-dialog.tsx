import { type FormEvent, useState } from 'react';
import { FileTrigger } from 'react-aria-components';
import { credentialFields, type VendorKind } from '../../../../common/protocol/channel-credentials.ts';
import { useChange } from '../../api/queries.ts';
import type { AppChannel } from '../../api/types.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { reasonText } from '../../i18n/reason-text.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Choice, TextField } from '../../ui/field.tsx';
import { ErrorNote, Notice } from '../../ui/notice.tsx';
import { Switch } from '../../ui/pick.tsx';
import { comesAsFile, credentialsOf, draftOf, faultsOf, fieldNamed, isKey, readFile } from './channel-draft.ts';
import { faultText, fieldLabel, formText } from './channel-words.ts';

/** What vendors give is a few KB. */
const maxFileBytes = 65_536;

/** Sets credentials of one of some kinds, or replaces those before. Its fields are those of the kind's schema. */
export function ChannelDialog({
  path,
  kinds,
  before,
  onClose,
}: {
  path: string;
  kinds: readonly VendorKind[];
  before?: AppChannel;
  onClose: () => void;
}) {
  const { t, f } = useWords();
  const c = t.channels;
  const save = useChange<object, AppChannel>('PATCH', path, [path]);
  const [kind, setKind] = useState(kinds[0]!);
  const [draft, setDraft] = useState(() => draftOf(kind, before?.shown));
  // Faults are told of fields that were left, and of all once it was tried.
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [badFile, setBadFile] = useState(false);
  const faults = faultsOf(kind, draft);
  const refused = save.error && fieldNamed(kind, save.error.fault.field);
  const change = (some: typeof draft): void => {
    setDraft((now) => ({ ...now, ...some }));
    setBadFile(false);
    save.reset();
  };
  const choose = (chosen: VendorKind): void => {
    setKind(chosen);
    setDraft(draftOf(chosen));
    setLeft(new Set());
    setBadFile(false);
    save.reset();
  };
  const read = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const found = file.size > maxFileBytes ? undefined : readFile(kind, await file.text());
    if (found) change(found);
    setBadFile(found === undefined);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setLeft(new Set(Object.keys(draft)));
    if (faults.size > 0) return;
    save.run({ [kind]: credentialsOf(kind, draft) }).then(onClose, () => {});
  };
  const faultOf = (name: string): string | undefined => {
    const fault = faults.get(name);
    if (fault !== undefined) return left.has(name) ? faultText(fault, t, f) : undefined;
    return refused === name ? (reasonText(save.error?.fault ?? {}, t) ?? t.faults.invalid) : undefined;
  };
  return (
    <Dialog wide title={before ? c.replaceTitle(c.kinds[kind]) : c.set} open onClose={onClose}>
      <form className="form" onSubmit={submit} autoComplete="off">
        {!before && (
          <Choice
            label={c.kind}
            value={kind}
            options={kinds.map((value) => ({ value, text: c.kinds[value] }))}
            onChange={choose}
          />
        )}
        {before && <p className="muted">{c.replaceText}</p>}
        {comesAsFile(kind) && (
          <FileTrigger onSelect={(files) => void read(files?.[0])}>
            <Button>{c.fromFile}</Button>
          </FileTrigger>
        )}
        {badFile && <Notice tone="bad">{c.badFile}</Notice>}
        {credentialFields(kind).map((field) => {
          const { name, schema, optional } = field;
          const value = draft[name];
          if (typeof value === 'boolean') {
            return (
              <Switch key={name} label={fieldLabel(name, t)} on={value} onChange={(on) => change({ [name]: on })} />
            );
          }
          return (
            <TextField
              key={name}
              mono
              label={fieldLabel(name, t)}
              value={value ?? ''}
              onChange={(text) => change({ [name]: text })}
              onBlur={() => value && setLeft((now) => new Set(now).add(name))}
              help={formText(schema.description ?? '', t)}
              fault={faultOf(name)}
              {...(optional ? { optional: t.common.optional } : { required: true })}
              {...(isKey(field) ? { lines: 5 } : {})}
              {...(schema.writeOnly && !isKey(field) ? { type: 'password', autoComplete: 'new-password' } : {})}
            />
          );
        })}
        {save.error && refused === undefined && <ErrorNote error={save.error} />}
        <div className="dialog-actions">
          <Button onPress={onClose}>{t.common.cancel}</Button>
          <Button look="main" type="submit" busy={save.busy}>
            {t.common.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
