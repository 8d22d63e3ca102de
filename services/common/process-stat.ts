/** What `/proc/PID/stat` says of a process. Ticks are hundredths of a second, pages those of the machine. */
export interface ProcessStat {
  /** R, S, D, T, t, Z, X. */
  state: string;
  cpuTicks: number;
  threads: number;
  /** When it started, in ticks since the machine did: with the pid it names one process. */
  startTicks: string;
  residentPages: number;
}

export function parseProcessStat(text: string): ProcessStat {
  // The second field is the command's name, which may hold spaces and parentheses: what follows the last one counts.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    state: fields[0] ?? '',
    cpuTicks: Number(fields[11]) + Number(fields[12]),
    threads: Number(fields[17]),
    startTicks: fields[19] ?? '',
    residentPages: Number(fields[21]),
  };
}
