import { type Check, type Finding, fault, fine, notChecked } from '../finding.ts';
import type { OpenFiles, Reading, RoleConfig } from '../readings.ts';

/** What a process needs beside its connections: stores, calls, logs. */
const besides = 1_000;
/** Connections that a role without devices may have. */
const ofOthers = 4_096;
const defaultConnections = 15_000;

export const openFiles: Check = {
  name: 'open-files',
  run({ machine, configs }) {
    const here = found('this machine', machine.openFiles, connectionsOf('cm', configs) + besides, 'hard');
    const processes = machine.processes.map(({ from, role, openFiles: limit }) =>
      found(from, limit, role === 'cm' ? connectionsOf(role, configs, from) + besides : ofOthers, 'soft'),
    );
    return [here, ...processes];
  },
};

function connectionsOf(role: string, configs: RoleConfig[], from?: string): number {
  const of = configs.filter((one) => one.role === role && (from === undefined || one.from === from));
  const values = of.map(({ values }) => values['maxConnections']).filter((value) => typeof value === 'number');
  return values.length === 0 ? defaultConnections : Math.max(...values);
}

/** Node raises its soft limit to the hard one as it starts, so that of a machine the hard one counts. */
function found(of: string, limit: Reading<OpenFiles>, wanted: number, which: 'soft' | 'hard'): Finding {
  if (!limit.ok) return notChecked(of, limit.why);
  const has = limit.value[which];
  if (has >= wanted) return fine(of, `may open ${has} files, needs ${wanted}`);
  return fault(
    'wrong',
    of,
    `may open ${has} files (${which} limit), needs ${wanted}`,
    'Each connection is an open file: past the limit devices and upstreams are turned away, and stores can’t be reached.',
    'Raise it: LimitNOFILE=262144 in the unit, `ulimit -n 262144` in the shell, nofile in /etc/security/limits.conf.',
  );
}
