import { type Check, fault, fine, notChecked } from '../finding.ts';

const dayMs = 86_400_000;
/** Longer than a holiday, shorter than what renewal by ACME leaves. */
const soonDays = 21;

export const certificates: Check = {
  name: 'certificates',
  run({ certificates: all, nowMs }) {
    if (all.length === 0) return [notChecked('certificates', 'no address with TLS is known (https, wss, rediss)')];
    return all.map(({ of, place, answer }) => {
      if (!answer.ok) return notChecked(of, `${place}: ${answer.why}`);
      const { validFromMs, validToMs } = answer.value;
      const until = new Date(validToMs).toISOString().slice(0, 10);
      const days = Math.floor((validToMs - nowMs) / dayMs);
      const mend =
        'Renew it and have the balancer or proxy take it up; have cert-manager or an ACME client do it from now on.';
      if (validFromMs > nowMs) {
        return fault(
          'wrong',
          of,
          `the certificate of ${place} is valid from ${new Date(validFromMs).toISOString()} on`,
          'Clients refuse it until then.',
          mend,
        );
      }
      if (validToMs <= nowMs) {
        return fault(
          'wrong',
          of,
          `the certificate of ${place} has expired on ${until}`,
          'Devices and upstreams refuse to connect.',
          mend,
        );
      }
      if (days >= soonDays) return fine(of, `the certificate of ${place} is valid until ${until}`);
      return fault(
        'weak',
        of,
        `the certificate of ${place} ends in ${days} days, on ${until}`,
        'From then on devices and upstreams refuse to connect, all at once.',
        mend,
      );
    });
  },
};
