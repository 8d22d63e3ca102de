import { createConnection } from 'mysql2/promise';

/** @returns the URL of the database, which exists now. */
export async function createDatabase(serverUrl: string, name: string): Promise<string> {
  const connection = await createConnection({ uri: serverUrl, connectTimeout: 5_000 });
  connection.on('error', () => {});
  try {
    await connection.query({
      sql: `CREATE DATABASE IF NOT EXISTS \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
      timeout: 10_000,
    });
  } finally {
    connection.destroy();
  }
  return `${serverUrl}/${name}`;
}
