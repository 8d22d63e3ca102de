import { type Check, fault, fine, notChecked } from '../finding.ts';

/** What roles ask for when they listen. */
const backlog = 4_096;

export const somaxconn: Check = {
  name: 'somaxconn',
  run({ machine: { somaxconn: reading } }) {
    const of = 'this machine';
    if (!reading.ok) return [notChecked(of, reading.why)];
    if (reading.value >= backlog) return [fine(of, `net.core.somaxconn is ${reading.value}`)];
    return [
      fault(
        'weak',
        of,
        `net.core.somaxconn is ${reading.value}, roles ask for ${backlog}`,
        'When many devices come back at once, the kernel drops connections before cm sees them, and they come late.',
        `sysctl -w net.core.somaxconn=${backlog}, and the same in /etc/sysctl.d; in a pod by its sysctls.`,
      ),
    ];
  },
};
