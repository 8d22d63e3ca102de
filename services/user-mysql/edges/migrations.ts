import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LongwireError } from '../../common/errors.ts';
import type { Database, Session } from '../database.ts';
import { isPresent } from './mysql-errors.ts';

/** One statement, in a file `NNN-name.sql`. */
export interface Migration {
  number: number;
  name: string;
  sql: string;
  checksum: string;
}

/** A statement on a large table takes its time. */
const migrateMs = 10 * 60_000;
/** A timer may fire a moment before its time. */
const timerSlackMs = 50;
/** How long one try waits for another instance that is migrating. */
const lockWaitS = 5;

const migrationTable = `CREATE TABLE IF NOT EXISTS migration (
  number INT NOT NULL,
  name VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  checksum CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  applied_at BIGINT NOT NULL,
  PRIMARY KEY (number)
) ENGINE = InnoDB`;

/**
 * The migrations of a folder, in order.
 *
 * @throws Error if a name doesn't fit or a number comes twice.
 */
export function readMigrations(folder: string): Migration[] {
  const migrations = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => {
      const match = /^(\d{3})-([a-z0-9-]+)\.sql$/.exec(file);
      if (!match) throw new Error(`${file}: a migration is named NNN-name.sql`);
      const sql = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim();
      return { number: Number(match[1]), name: match[2]!, sql, checksum: checksumOf(sql) };
    })
    .sort((left, right) => left.number - right.number);
  for (const [index, { number, name }] of migrations.entries()) {
    if (migrations[index - 1]?.number === number) throw new Error(`${name}: another migration has its number`);
  }
  return migrations;
}

/**
 * Applies what is missing, while no other instance does.
 *
 * @returns the numbers applied now.
 * @throws LongwireError `conflict` if one that was applied reads otherwise now, `overloaded` while another instance
 * migrates, `timeout` with the migration's name past the limit for all of them together, or what `Database` throws.
 */
export async function migrate(
  database: Database,
  migrations: Migration[],
  now: () => number,
  limitMs = migrateMs,
): Promise<number[]> {
  const beganMs = performance.now();
  let under: Migration | undefined;
  const work = async (session: Session): Promise<number[]> => {
    // Lock names are the server's, not the database's, and at most 64 long. MySQL 9.6 and later have no SHA1.
    const lock = "CONCAT('longwire.', LEFT(SHA2(DATABASE(), 256), 40))";
    const [row] = await session.rows<{ got: number | null }>(`SELECT GET_LOCK(${lock}, ${lockWaitS}) AS got`);
    if (row?.got !== 1) {
      const whose = 'another instance is migrating, or MySQL still works on a statement of one that ended';
      throw new LongwireError('overloaded', whose);
    }
    try {
      return await applyMissing(session, migrations, now, (migration) => {
        under = migration;
      });
    } finally {
      await session.rows(`SELECT RELEASE_LOCK(${lock})`);
    }
  };
  return database.session(work, limitMs).catch((error: unknown) => {
    if (!under || performance.now() - beganMs < limitMs - timerSlackMs) throw error;
    const { number, name } = under;
    throw new LongwireError(
      'timeout',
      `migration ${number} (${name}) was under way when the limit of ${limitMs / 1_000} s passed. MySQL may go on with its statement; the next start waits for that, and goes on there`,
      { cause: error },
    );
  });
}

/** @param onBegin told of each that is to be applied. */
async function applyMissing(
  session: Session,
  migrations: Migration[],
  now: () => number,
  onBegin: (migration: Migration) => void,
): Promise<number[]> {
  await session.run(migrationTable);
  const rows = await session.rows<{ number: number; checksum: string }>('SELECT number, checksum FROM migration');
  const applied = new Map(rows.map(({ number, checksum }) => [number, checksum]));
  const done: number[] = [];
  for (const migration of migrations) {
    const { number, name, sql, checksum } = migration;
    const before = applied.get(number);
    if (before !== undefined && before !== checksum) {
      throw new LongwireError('conflict', `migration ${number} (${name}) was changed after it had been applied`);
    }
    if (before !== undefined) continue;
    onBegin(migration);
    await session.run(sql).catch((error: unknown) => {
      // It was done, and a crash came before that was noted.
      if (!isPresent(error)) throw error;
    });
    await session.run('INSERT INTO migration (number, name, checksum, applied_at) VALUES (?, ?, ?, ?)', [
      number,
      name,
      checksum,
      now(),
    ]);
    done.push(number);
  }
  return done;
}

/** Names in quotes mean what they mean without: where one turns out to be reserved, it gets them, and the migration is the same. */
function checksumOf(sql: string): string {
  return sha256(sql.replaceAll('`', ''));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
