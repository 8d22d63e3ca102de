/** Files of one cgroup by name, as far as they are there. */
export type CgroupFiles = Record<string, string | undefined>;

/** Of version 2, and of version 1 under its controllers. */
export const cgroupFileNames = [
  ...['cpu.stat', 'memory.current', 'memory.max', 'memory.events'],
  ...['cpuacct.usage', 'memory.usage_in_bytes', 'memory.limit_in_bytes', 'memory.oom_control'],
] as const;

export interface CgroupFigures {
  cpuSeconds?: number;
  periods?: number;
  throttledPeriods?: number;
  throttledSeconds?: number;
  memoryBytes?: number;
  /** Absent where there is no limit. */
  memoryLimitBytes?: number;
  oomKills?: number;
}

/** Version 1 says "no limit" with the largest number of pages. */
const noLimitFrom = 2 ** 60;

/** What a cgroup says of itself; figures that it doesn't have are absent. */
export function cgroupFigures(files: CgroupFiles): CgroupFigures {
  const cpu = keyed(files['cpu.stat']);
  const limit = numberOf(files['memory.max'] ?? files['memory.limit_in_bytes']);
  return defined({
    cpuSeconds: scaled(cpu.get('usage_usec'), 1e6) ?? scaled(numberOf(files['cpuacct.usage']), 1e9),
    periods: cpu.get('nr_periods'),
    throttledPeriods: cpu.get('nr_throttled'),
    throttledSeconds: scaled(cpu.get('throttled_usec'), 1e6) ?? scaled(cpu.get('throttled_time'), 1e9),
    memoryBytes: numberOf(files['memory.current'] ?? files['memory.usage_in_bytes']),
    memoryLimitBytes: limit === undefined || limit >= noLimitFrom ? undefined : limit,
    oomKills: keyed(files['memory.events'] ?? files['memory.oom_control']).get('oom_kill'),
  });
}

function keyed(text: string | undefined): Map<string, number> {
  const pairs = (text ?? '').split('\n').map((line) => line.split(' '));
  return new Map(pairs.flatMap(([key, value]) => (key && /^\d+$/.test(value ?? '') ? [[key, Number(value)]] : [])));
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text.trim()) ? Number(text) : undefined;
}

function scaled(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value / by;
}

function defined(figures: { [Key in keyof CgroupFigures]: number | undefined }): CgroupFigures {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
}

/** The folders where a process' cgroup may be mounted, from `/proc/PID/cgroup`: its own first, then the root of its mount. */
export function cgroupFolders(text: string): string[] {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => /^(\d+):([^:]*):(.*)$/.exec(line))
    .flatMap((match) => (match ? [{ controllers: match[2]!, path: match[3]! }] : []));
  const wanted = lines.filter(
    ({ controllers }) => controllers === '' || /^(cpu|memory|cpuacct)(,|$)/.test(controllers),
  );
  return wanted.flatMap(({ controllers, path }) => {
    const mount = controllers === '' ? '' : `/${controllers}`;
    // Seen from another cgroup namespace the path leads up and out; what is mounted is its own root then.
    return path === '/' || path.startsWith('/..') ? [mount] : [`${mount}${path}`, mount];
  });
}
