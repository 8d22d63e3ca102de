import { fileURLToPath } from 'node:url';
import { loadConfigOrExit } from '../common/config.ts';
import { createLog } from '../common/log.ts';
import { untilDone } from '../common/until-done.ts';
import { Config } from './config.ts';
import { migrate, readMigrations } from './edges/migrations.ts';
import { MysqlDatabase } from './edges/mysql-database.ts';

/**
 * Migrates and ends, before a roll-out: what goes wrong shows here, while the version before still serves. Waits for MySQL
 * at the most this long; the statements themselves take the time they need.
 */
const waitMs = 120_000;

const config = loadConfigOrExit('user-mysql', Config);
const log = createLog('migrations', config.instance, config.logLevel);
const { mysqlUrl: url, mysqlQueueLimit: queueLimit } = config;
const database = new MysqlDatabase({ url, queueLimit, poolSize: 1, deadlineMs: config.mysqlCallMs });
try {
  const migrations = readMigrations(fileURLToPath(new URL('migrations/', import.meta.url)));
  const waiting = AbortSignal.timeout(waitMs);
  let last: unknown;
  const once = (): Promise<number[]> =>
    migrate(database, migrations, Date.now).catch((error: unknown) => {
      last = error;
      throw error;
    });
  const applied = await untilDone('migrate', once, log, waiting);
  if (applied === undefined) throw new Error(`not migrated within ${waitMs / 1_000} s, see the cause`, { cause: last });
  log.info({ applied }, 'tables are in place');
} catch (error) {
  log.error({ err: error }, 'not migrated');
  process.exitCode = 1;
} finally {
  await database.close();
}
