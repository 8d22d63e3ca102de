import type { Dictionary } from '../../i18n/dictionary.ts';
import type { Format } from '../../i18n/format.ts';
import type { FieldFault } from './channel-draft.ts';

/** A field that only a newer user-mysql knows is called as it calls it. */
export function fieldLabel(name: string, t: Dictionary): string {
  const { fields } = t.channels;
  return Object.hasOwn(fields, name) ? fields[name as keyof typeof fields] : name;
}

/** What a field takes, by what its schema says. */
export function formText(form: string, t: Dictionary): string {
  return t.forms === null ? form : (t.forms[form] ?? t.faults.invalid);
}

export function faultText(fault: FieldFault, t: Dictionary, f: Format): string {
  switch (fault.rule) {
    case 'required':
      return t.faults.required;
    case 'tooLong':
      return t.faults.tooLong(f.number(fault.limit));
    case 'form':
      return formText(fault.form, t);
  }
}
