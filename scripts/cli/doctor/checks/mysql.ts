import { type Check, type Finding, fault, fine, notChecked } from '../finding.ts';
import type { Mysql, Readings } from '../readings.ts';

const of = 'MySQL';
const look = ({ mysql }: Readings, rule: (mysql: Mysql) => Finding): Finding[] =>
  mysql.ok ? [rule(mysql.value)] : [notChecked(of, mysql.why)];

export const mysqlVersion: Check = {
  name: 'mysql-version',
  run: (readings) =>
    look(readings, ({ version }) => {
      const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/.exec(version) ?? [];
      const maria = /mariadb/i.test(version);
      const number = Number(major) * 100 + Number(minor);
      if (number >= (maria ? 10_06 : 8_00)) return fine(of, version);
      const means = 'The tables and statements of user-mysql need MySQL 8 or MariaDB 10.6.';
      return fault(
        'wrong',
        of,
        `is ${version}`,
        means,
        'Upgrade it before user-mysql starts: its migrations fail otherwise.',
      );
    }),
};

export const mysqlDurability: Check = {
  name: 'mysql-durability',
  run: (readings) =>
    look(readings, ({ flushLog, readOnly }) => {
      if (readOnly) {
        const means = 'user-mysql leaves it: registrations, aliases, tags and schedules are answered 503.';
        return fault(
          'wrong',
          of,
          'takes no writes (read_only)',
          means,
          'Lead the address to the server that takes writes, or SET GLOBAL read_only = OFF.',
        );
      }
      if (flushLog === 1) return fine(of, 'innodb_flush_log_at_trx_commit is 1');
      const means =
        'A commit isn’t on disk when it is acknowledged: a machine that fails loses up to a second of registrations, schedules and apps that were said to be kept.';
      return fault(
        'weak',
        of,
        `innodb_flush_log_at_trx_commit is ${flushLog}`,
        means,
        'SET GLOBAL innodb_flush_log_at_trx_commit = 1, and the same in my.cnf.',
      );
    }),
};

export const mysqlTimeZone: Check = {
  name: 'mysql-time-zone',
  run: (readings) =>
    look(readings, ({ zoneSeconds, zone }) => {
      if (Math.abs(zoneSeconds) < 60) return fine(of, `its time zone is UTC (${zone})`);
      const hours = `${zoneSeconds > 0 ? '+' : '-'}${(Math.abs(zoneSeconds) / 3_600).toFixed(1).replace('.0', '')} h`;
      const means =
        'Longwire keeps times in UTC and asks MySQL for none, so nothing is lost; but what people ask there by NOW() or CURDATE(), its logs and its events are off from every report, whose days are UTC.';
      return fault(
        'weak',
        of,
        `its time zone is ${zone}, ${hours} off UTC`,
        means,
        "SET GLOBAL time_zone = '+00:00', and default-time-zone='+00:00' in my.cnf.",
      );
    }),
};

const ofOneInstance = 14;
/** For operators, backups and replicas. */
const reserve = 10;

export const mysqlConnections: Check = {
  name: 'mysql-connections',
  run: (readings) =>
    look(readings, ({ maxConnections, connected }) => {
      const configs = readings.configs.filter(({ role }) => role === 'user-mysql');
      const instances = readings.instances.filter(({ instance }) => instance.role === 'user-mysql').length;
      const pools = configs.map(({ values }) => Number(values['mysqlPoolSize']) + Number(values['receiptsPoolSize']));
      const each = pools.length === 0 ? ofOneInstance : Math.max(...pools);
      const count = Math.max(1, instances, configs.length);
      const wanted = count * each + reserve;
      const what = `max_connections is ${maxConnections}, ${connected} are in use; ${count} user-mysql may open ${count * each}`;
      if (maxConnections >= wanted) return fine(of, what);
      const means =
        'Under load instances get no connection: calls are refused as overloaded, and receipts are counted late.';
      const mend = `SET GLOBAL max_connections = ${wanted} or more and the same in my.cnf, or lower mysqlPoolSize and receiptsPoolSize.`;
      return fault(maxConnections < count * each ? 'wrong' : 'weak', of, what, means, mend);
    }),
};
