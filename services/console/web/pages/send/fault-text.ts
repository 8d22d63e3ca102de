import type { Dictionary } from '../../i18n/dictionary.ts';
import type { Format } from '../../i18n/format.ts';
import type { FieldFault } from './check.ts';

export function faultText(fault: FieldFault, t: Dictionary, f: Format): string {
  switch (fault.rule) {
    case 'tooLong':
    case 'tooShort':
    case 'tooMany':
    case 'least':
    case 'most':
      return t.faults[fault.rule](f.number(fault.limit));
    default:
      return t.faults[fault.rule];
  }
}
