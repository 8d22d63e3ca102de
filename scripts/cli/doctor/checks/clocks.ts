import { spanText } from '../../spans.ts';
import { type Check, fault, fine, notChecked } from '../finding.ts';

/** Headers tell whole seconds, and a second is what leases and expiries bear. */
const mostMs = 2_000;

export const clocks: Check = {
  name: 'clocks',
  run({ clocks: all }) {
    return all.map(({ of, answer }) => {
      if (!answer.ok) return notChecked(of, answer.why);
      const { aheadMs, uncertainMs } = answer.value;
      const offMs = Math.max(0, Math.abs(aheadMs) - uncertainMs);
      const which = aheadMs > 0 ? 'ahead of' : 'behind';
      if (offMs <= mostMs)
        return fine(of, `within ${spanText(Math.round(Math.abs(aheadMs) + uncertainMs))} of this machine`);
      return fault(
        'wrong',
        of,
        `its clock is ${spanText(Math.round(offMs))} ${which} that of this machine`,
        'Messages expire too early or too late, schedules are sent at the wrong time, reports count on the wrong day, and past 10 min upstreams get no token.',
        'Have chrony or systemd-timesyncd keep every host’s clock: `timedatectl set-ntp true`; compare with `chronyc tracking`.',
      );
    });
  },
};
