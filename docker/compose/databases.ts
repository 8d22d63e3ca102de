import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, createConnection } from 'mysql2/promise';
import { createDatabase } from '../../scripts/up/edges/database.ts';
import { databaseOf, lines, root } from './places.ts';

/** MySQL's first start makes its tables. */
const limitMs = 180_000;

/** Gives each product line a database, and an account that sees no other. May run at every start. */
const url = `mysql://root:${read('mysql/root-password')}@mysql:3306`;
const connection = await connected();
for (const line of lines) {
  const { user, database } = databaseOf(line);
  const password = connection.escape(read(`installation/${line}/mysql-password`));
  await createDatabase(url, database);
  await connection.query(`CREATE USER IF NOT EXISTS '${user}'@'%' IDENTIFIED BY ${password}`);
  await connection.query(`GRANT ALL ON \`${database}\`.* TO '${user}'@'%'`);
}
await connection.end();

async function connected(): Promise<Connection> {
  for (const end = Date.now() + limitMs; ; await sleep(1_000)) {
    try {
      return await createConnection({ uri: url, connectTimeout: 5_000 });
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
