import { readFileSync } from 'node:fs';
import { type CgroupFigures, cgroupFigures, cgroupFileNames, cgroupFolders } from '../figures.ts';

/**
 * What the cgroup of a process says of itself; what can't be read is left out. Read through the root of the process, so that a
 * container's own cgroup is seen from another container of the pod, where they share processes.
 */
export function readCgroup(pid: number | 'self'): CgroupFigures {
  const folders = cgroupFolders(read(`/proc/${pid}/cgroup`) ?? '').map(
    (path) => `/proc/${pid}/root/sys/fs/cgroup${path}`,
  );
  const files = cgroupFileNames.map((name) => {
    for (const folder of folders) {
      const text = read(`${folder}/${name}`);
      if (text !== undefined) return [name, text];
    }
    return [name, undefined];
  });
  return cgroupFigures(Object.fromEntries(files));
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
