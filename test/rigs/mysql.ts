import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  admin,
  answers,
  asRoot,
  keptPassword,
  type MariadbOptions,
  type MariadbServer,
  startMariadb,
  user,
} from './mariadb.ts';
import { freePort, waitFor } from './process.ts';

/** Public image of MySQL, whose server tests have in place of this machine's MariaDB. */
export const mysqlImageVariable = 'LONGWIRE_MYSQL_IMAGE';

export interface DatabaseOptions extends MariadbOptions {
  /** Public image of MySQL that it is of; without one, what the environment says. */
  image?: string | undefined;
  /** Of an image, its data is in memory: it goes when the server ends, and no test waits for a disk. */
  inMemory?: boolean;
}

/** The database of tests: a MariaDB of this machine, or the MySQL of an image. */
export function startDatabase(options: DatabaseOptions): Promise<MariadbServer> {
  const { image = process.env[mysqlImageVariable] } = options;
  return image === undefined ? startMariadb(options) : startMysql(image, options);
}

/** Makes the data at the first start; made aside and then renamed, as one that was cut short leaves nothing half made. */
const script = `
data=$1 accounts=$2; shift 2
[ -d "$data" ] || { rm -rf "$data.new" && mysqld "$@" --initialize-insecure --datadir="$data.new" && mv "$data.new" "$data"; } &&
  exec mysqld "$@" --datadir="$data" --init-file="$accounts"`;

/**
 * A real MySQL with the accounts of `startMariadb`, on 127.0.0.1 alone, which likewise writes each commit to disk. What isn't
 * said here is as MySQL has it: its collations, its SQL mode, its binary log.
 */
async function startMysql(image: string, options: DatabaseOptions): Promise<MariadbServer> {
  const { startContained } = await import('./containers/server.ts');
  const dir = resolve(options.dir);
  const port = options.port ?? (await freePort());
  mkdirSync(dir, { recursive: true });
  const password = keptPassword(dir, options.password);
  const logFile = join(dir, 'mysql.log');
  const memory = '/var/lib/longwire';
  const server = await startContained({
    ...{ image, dir, logFile, program: 'sh' },
    args: [
      ...['-c', script, 'sh', join(options.inMemory ? memory : dir, 'data'), initFile(dir, password)],
      // In the container's own folder: the path of a socket has to be short.
      ...['--no-defaults', '--secure-file-priv=NULL', '--socket=/tmp/mysql.sock', '--mysqlx=OFF', ...asRoot()],
      ...[`--port=${port}`, '--bind-address=127.0.0.1', '--skip-name-resolve', '--max-connections=200'],
      ...['--performance-schema=OFF', '--innodb-buffer-pool-size=64M'],
    ],
    ...(options.inMemory ? { tmpfs: memory } : {}),
  });
  const died = server.ended.then(() => {
    throw new Error(`mysqld on port ${port} ended at once; see ${logFile}`);
  });
  const url = `mysql://${user}:${password}@127.0.0.1:${port}`;
  await Promise.race([waitFor('mysqld answers', () => answers(url), 60_000), died]);
  return { ...server, url, port };
}

/** Statements that the server runs at each start, one a line. */
function initFile(dir: string, password: string): string {
  const file = join(dir, 'init.sql');
  const statements = [
    ...[user, admin].flatMap((name) => [
      `CREATE USER IF NOT EXISTS '${name}'@'127.0.0.1' IDENTIFIED BY '${password}';`,
      `ALTER USER '${name}'@'127.0.0.1' IDENTIFIED BY '${password}';`,
      `GRANT ALL PRIVILEGES ON *.* TO '${name}'@'127.0.0.1';`,
    ]),
    // Who has one of them writes in spite of read_only.
    `REVOKE SUPER, CONNECTION_ADMIN ON *.* FROM '${user}'@'127.0.0.1';`,
    `DROP USER IF EXISTS 'root'@'localhost';`,
  ];
  writeFileSync(file, `${statements.join('\n')}\n`, { mode: 0o600 });
  return file;
}
