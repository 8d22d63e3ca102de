import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type DeviceStorage, decodeState } from '../storage.ts';

/**
 * Keeps a device in a file of its own (mode 600: it holds the device's token). Each save is written beside it, brought
 * to disk and put in its place in one step, and the folder is brought to disk too: a crash at any moment leaves the old state
 * or the new one, and what was saved is there after a power cut.
 */
export function fileStorage(path: string): DeviceStorage {
  const beside = `${path}.new`;
  return {
    async load() {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
      return decodeState(text);
    },
    async save(state) {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(beside, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(state));
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(beside, path);
      await syncFolder(dirname(path));
    },
  };
}

/** Where a system can't do that for folders (Windows), what is renamed is on disk soon after. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!['EISDIR', 'EPERM', 'EINVAL', 'ENOTSUP'].includes(code ?? '')) throw error;
  }
}
