import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { freePort, type Managed, startProcess, waitFor } from './process.ts';

export interface MariadbServer extends Managed {
  /** `mysql://user:password@host:port`, of a user who may create databases. */
  readonly url: string;
  readonly port: number;
}

export interface MariadbOptions {
  /** Holds data, password, socket and log; made if it is missing. */
  dir: string;
  port?: number;
  /** Where it listens, and its account's clients are taken from anywhere; 127.0.0.1 alone without it. */
  host?: string;
  /** Letters, digits, `_` and `-`. Without one, the folder's own is used: a random one, made at the first start. */
  password?: string;
}

export const user = 'longwire';
/** May do what a service's account must not: switch read-only on, and write in spite of it. */
export const admin = 'admin';
/** Longest path that a Unix socket's address holds. */
const socketPathLimitBytes = 107;

/**
 * A MariaDB of one's own, reachable on 127.0.0.1 alone unless it is told otherwise, that writes each commit to disk: what it acknowledged it still
 * has after a kill. Started again on the same folder it goes on with the same data and password.
 *
 * @throws Error if there is no server binary, or it ends before it answers.
 */
export async function startMariadb(options: MariadbOptions): Promise<MariadbServer> {
  const dir = resolve(options.dir);
  const { host = '127.0.0.1' } = options;
  const port = options.port ?? (await freePort());
  const tmp = join(dir, 'tmp');
  mkdirSync(tmp, { recursive: true });
  const data = await preparedData(dir, tmp);
  const password = keptPassword(dir, options.password);
  const socket = socketIn(dir);
  const logFile = join(dir, 'mariadb.log');
  const server = await startProcess({
    command: binary('mariadbd', 'mysqld'),
    args: [
      ...['--no-defaults', `--datadir=${data}`, `--tmpdir=${tmp}`, `--socket=${socket.path}`],
      ...[
        `--pid-file=${join(dir, 'pid')}`,
        `--init-file=${initFile(dir, password, options.host === undefined ? host : '%')}`,
        ...asRoot(),
      ],
      ...[`--port=${port}`, `--bind-address=${host}`, '--skip-name-resolve', '--max-connections=200'],
      ...['--character-set-server=utf8mb4', '--collation-server=utf8mb4_bin', '--default-storage-engine=InnoDB'],
      ...['--innodb-flush-log-at-trx-commit=1', '--innodb-buffer-pool-size=64M', '--innodb-log-file-size=32M'],
      ...['--performance-schema=OFF', '--key-buffer-size=1M', '--aria-pagecache-buffer-size=8M'],
    ],
    logFile,
  });
  void server.ended.then(socket.remove);
  const died = server.ended.then(() => {
    throw new Error(`mariadbd on port ${port} ended at once; see ${logFile}`);
  });
  const url = `mysql://${user}:${password}@${host}:${port}`;
  await Promise.race([waitFor('mariadbd answers', () => answers(url), 30_000), died]);
  return { ...server, url, port };
}

export async function answers(url: string): Promise<boolean> {
  const connection = await createConnection({ uri: url, connectTimeout: 2_000 });
  // A connection that breaks between its statements must not end the process.
  connection.on('error', () => {});
  try {
    await connection.query('SELECT 1');
    return true;
  } finally {
    connection.destroy();
  }
}

/** Of the account that may make the server read-only, given the service's. */
export function adminUrlOf(url: string): string {
  return url.replace(`//${user}:`, `//${admin}:`);
}

/** Initialised aside and then renamed, so that a start which was cut short leaves nothing half made. */
async function preparedData(dir: string, tmp: string): Promise<string> {
  const data = join(dir, 'data');
  if (existsSync(join(data, 'mysql'))) return data;
  const fresh = join(dir, 'data.new');
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh);
  await promisify(execFile)(
    binary('mariadb-install-db', 'mysql_install_db'),
    [
      ...['--no-defaults', `--datadir=${fresh}`, '--skip-test-db', ...asRoot()],
      ...['--auth-root-authentication-method=normal', '--innodb-log-file-size=32M'],
    ],
    // Of its own: a server that starts removes temporary tables it finds, also those of one that starts beside it.
    { timeout: 60_000, env: { ...process.env, TMPDIR: tmp } },
  );
  rmSync(data, { recursive: true, force: true });
  renameSync(fresh, data);
  return data;
}

/** The folder's own, which is a random one, or the one that is given from now on. */
export function keptPassword(dir: string, given: string | undefined): string {
  const file = join(dir, 'password');
  const kept = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  const password = given ?? kept ?? randomBytes(18).toString('base64url');
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(password)) throw new Error('password: only letters, digits, _ and -');
  if (password !== kept) writeFileSync(file, password, { mode: 0o600 });
  return password;
}

/** Statements that the server runs at each start, one a line; they end in the same state however often they run. */
function initFile(dir: string, password: string, clients: string): string {
  const file = join(dir, 'init.sql');
  const statements = [
    ...[user, admin].flatMap((name) => [
      `CREATE USER IF NOT EXISTS '${name}'@'${clients}' IDENTIFIED BY '${password}';`,
      `ALTER USER '${name}'@'${clients}' IDENTIFIED BY '${password}';`,
      `GRANT ALL PRIVILEGES ON *.* TO '${name}'@'${clients}';`,
    ]),
    `REVOKE READ_ONLY ADMIN ON *.* FROM '${user}'@'${clients}';`,
    // The initial superusers have no password, and nobody needs them once the account above is there.
    `DELETE FROM mysql.global_priv WHERE User IN ('root', '');`,
    'FLUSH PRIVILEGES;',
  ];
  writeFileSync(file, `${statements.join('\n')}\n`, { mode: 0o600 });
  return file;
}

function socketIn(dir: string): { path: string; remove: () => void } {
  const path = join(dir, 'mariadb.sock');
  if (Buffer.byteLength(path) <= socketPathLimitBytes) return { path, remove: () => {} };
  const short = mkdtempSync(join(tmpdir(), 'lw-'));
  return { path: join(short, 's'), remove: () => rmSync(short, { recursive: true, force: true }) };
}

function binary(...names: string[]): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin'].filter(Boolean);
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find(existsSync);
    if (found) return found;
  }
  throw new Error(`${names.join(' or ')}: not found on the PATH or in /usr/sbin`);
}

/** The server refuses to run as root unless it is told to. */
export function asRoot(): string[] {
  return userInfo().uid === 0 ? ['--user=root'] : [];
}
