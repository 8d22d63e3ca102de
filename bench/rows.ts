import { createConnection } from 'mysql2/promise';
import { openInstallation } from '../scripts/up/installation.ts';
import { Identity } from '../services/common/identity.ts';
import type { TestSystem } from '../test/rigs/system.ts';

const atOnce = 2_000;

/** Devices that have registered and never connect, straight in MySQL. @returns their cids. */
export async function addDevices(system: TestSystem, count: number): Promise<string[]> {
  const { appId } = system.run().app;
  const identity = new Identity([openInstallation(system.dataDir, undefined).identityKey]);
  const cids = Array.from({ length: count }, () => identity.issueCid(appId));
  const at = Date.now();
  await insertRows(system, 'INSERT INTO device (app_id, cid, platform, registered_at) VALUES ?', cids, (cid) => [
    ...[appId, cid, 'other', at],
  ]);
  return cids;
}

/** One row a cid, some thousand at once. */
export async function insertRows(
  system: TestSystem,
  sql: string,
  cids: string[],
  row: (cid: string) => (string | number)[],
): Promise<void> {
  const connection = await createConnection({ uri: system.processOf('mariadb-1').url! });
  try {
    for (let from = 0; from < cids.length; from += atOnce) {
      await connection.query(sql, [cids.slice(from, from + atOnce).map(row)]);
    }
  } finally {
    await connection.end();
  }
}
