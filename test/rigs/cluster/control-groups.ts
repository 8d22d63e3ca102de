import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

const root = '/sys/fs/cgroup';

/** Removes the machine's control groups of this name, under every controller. @returns whether none is left */
export function removeControlGroups(name: string): boolean {
  // With one hierarchy for all controllers the group is below the root, else below each of them.
  const places = [root, ...readdirSync(root).map((controller) => join(root, controller))];
  const groups = places.map((place) => join(place, name)).filter((group) => existsSync(group));
  for (const group of groups) remove(group);
  return groups.every((group) => !existsSync(group));
}

/** From the innermost. One whose processes are just ending is busy, and stays for now. */
function remove(group: string): void {
  const inner = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of inner) remove(join(group, name));
  try {
    rmdirSync(group);
  } catch (error) {
    if (!['EBUSY', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
