import { createConnection } from 'mysql2/promise';
import { type Clock, type Mysql, type Reading, read, unread } from '../readings.ts';
import { reasonOf } from './redis-servers.ts';

const askMs = 3_000;
const question = `SELECT VERSION() AS version, @@global.innodb_flush_log_at_trx_commit AS flushLog,
  TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW()) AS zoneSeconds,
  IF(@@global.time_zone = 'SYSTEM', @@global.system_time_zone, @@global.time_zone) AS zone,
  @@global.max_connections AS maxConnections, @@global.read_only AS readOnly`;

export async function readMysql(url: string): Promise<{ mysql: Reading<Mysql>; clock: Clock }> {
  const of = 'MySQL';
  try {
    const connection = await createConnection({ uri: url, connectTimeout: askMs });
    // One that breaks between its statements must not end the process.
    connection.on('error', () => {});
    try {
      const ask = async (sql: string): Promise<Record<string, unknown>> => {
        const [rows] = await connection.query({ sql, timeout: askMs });
        return (rows as Record<string, unknown>[])[0] ?? {};
      };
      const said = await ask(question);
      const connected = await ask("SHOW GLOBAL STATUS LIKE 'Threads_connected'");
      const askedMs = Date.now();
      const { now } = await ask('SELECT UNIX_TIMESTAMP(NOW(6)) AS now');
      const cameMs = Date.now();
      const mysql: Mysql = {
        version: String(said['version']),
        flushLog: Number(said['flushLog']),
        zoneSeconds: Number(said['zoneSeconds']),
        zone: String(said['zone']),
        maxConnections: Number(said['maxConnections']),
        connected: Number(connected['Value']),
        readOnly: Number(said['readOnly']) !== 0,
      };
      const aheadMs = Number(now) * 1_000 - (askedMs + cameMs) / 2;
      return { mysql: read(mysql), clock: { of, answer: read({ aheadMs, uncertainMs: (cameMs - askedMs) / 2 + 1 }) } };
    } finally {
      connection.destroy();
    }
  } catch (error) {
    const why = `it can't be asked (${reasonOf(error)})`;
    return { mysql: unread(why), clock: { of, answer: unread(why) } };
  }
}
