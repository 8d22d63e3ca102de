import { LongwireError } from '../../../services/common/errors.ts';

/** A part that can be away: every call then fails as one would that found no instance. */
export class Away {
  away = false;

  protected check(): void {
    if (this.away) throw new LongwireError('unavailable', 'no instance answers');
  }
}
