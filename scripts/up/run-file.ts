import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from '../../services/common/protocol/user-mysql-calls.ts';

/** What `run.json` says of a system that is up: where it is, and the processes that run now. */
export interface RunFile {
  /** Base of the upstream API: `/v2/{appId}/…` follows. */
  api: string;
  /** Where devices connect. */
  sdk: string;
  /** What pages subscribe to Web Push with: the VAPID public key. */
  webPush: { publicKey: string };
  app: Pick<App, 'appId' | 'appKey' | 'masterSecret' | 'appSecret'>;
  /** Where operators look at the system; the password of the first one until another is chosen. Absent where there is none. */
  console?: { url: string; user: string; password: string | null };
  /** For whoever operates the system: where apps are kept, and what opens it. */
  internal: { userMysql: string; secret: string };
  processes: RunningProcess[];
}

export interface RunningProcess {
  role: string;
  instance: string;
  pid: number;
  /** Answers 200 when it can serve; null for a store. */
  health: string | null;
  metrics: string | null;
  /** Where a store is reached, with its password. */
  url?: string;
}

export const runFileOf = (dataDir: string): string => join(dataDir, 'run.json');

/** Whoever reads it at any moment finds a whole one. It holds secrets: for its owner alone. */
export function writeRunFile(dataDir: string, run: RunFile): void {
  const file = runFileOf(dataDir);
  writeFileSync(`${file}.new`, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function removeRunFile(dataDir: string): void {
  rmSync(runFileOf(dataDir), { force: true });
}
