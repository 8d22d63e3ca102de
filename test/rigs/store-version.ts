import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';

/** Name and version of the server there: `Redis 8.0.2`, `Valkey 8.1.1`. */
export async function redisVersion(url: string): Promise<string> {
  const redis = new Redis(url);
  try {
    const info = await redis.info('server');
    const [, valkey] = /valkey_version:(\S+)/.exec(info) ?? [];
    return valkey === undefined ? `Redis ${/redis_version:(\S+)/.exec(info)?.[1]}` : `Valkey ${valkey}`;
  } finally {
    redis.disconnect();
  }
}

/** Likewise: `MySQL 8.4.3`, `MariaDB 10.11.19`. */
export async function mysqlVersion(url: string): Promise<string> {
  const connection = await createConnection({ uri: url });
  try {
    const [rows] = await connection.query('SELECT VERSION() AS version');
    const [{ version }] = rows as [{ version: string }];
    const [number] = version.split('-');
    return version.includes('MariaDB') ? `MariaDB ${number}` : `MySQL ${number}`;
  } finally {
    connection.destroy();
  }
}
