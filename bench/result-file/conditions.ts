import { cpus, totalmem } from 'node:os';
import { basename, relative } from 'node:path';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import type { TestSystem } from '../../test/rigs/system.ts';
import type { Conditions } from './schemas.ts';

const bytesPerMib = 1_048_576;

/** What the machine, this command and the stores of a running system are. */
export async function conditionsOf(system: TestSystem): Promise<Conditions> {
  return {
    command: commandLine(process.argv.slice(1)),
    date: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model.trim() ?? null,
      cores: cpus().length,
      memoryMib: Math.round(totalmem() / bytesPerMib),
    },
    node: process.version.slice(1),
    stores: { redis: await redisVersion(system), mariadb: await mariadbVersion(system) },
    note: null,
  };
}

/** As it was typed in the project's folder, and of another server's program the name alone: where it is says nothing elsewhere. */
function commandLine([script = '', ...given]: string[]): string {
  const shown = given.map((arg, index) => (given[index - 1] === '--redis-server' ? basename(arg) : arg));
  return ['node', relative(process.cwd(), script), ...shown].join(' ');
}

async function redisVersion(system: TestSystem): Promise<string> {
  const redis = new Redis(system.processOf('redis-1').url!);
  try {
    const info = await redis.info('server');
    const field = (name: string): string | undefined => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
    // A Valkey says besides which Redis it speaks like.
    const valkey = field('valkey_version');
    return valkey === undefined ? `Redis ${field('redis_version')}` : `Valkey ${valkey}`;
  } finally {
    redis.disconnect();
  }
}

async function mariadbVersion(system: TestSystem): Promise<string> {
  const connection = await createConnection({ uri: system.processOf('mariadb-1').url! });
  try {
    const [rows] = await connection.query('SELECT VERSION() AS version');
    const [number] = (rows as { version: string }[])[0]!.version.split('-');
    return `MariaDB ${number}`;
  } finally {
    await connection.end();
  }
}
