import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { startMariadb } from '../test/rigs/mariadb.ts';
import { startRedis } from '../test/rigs/redis.ts';

/**
 * What a store waits for its volume: `node bench/volumes.ts --local FOLDER --network FOLDER [--rounds 5] [--writes 200]` (Node 26).
 * For each volume: a record of 4 KiB appended and flushed, a SET that Redis has in its append-only file before it answers, and
 * a row that MariaDB has committed. One client, one write after another; volumes take turns, so that what else the machine does
 * meets both. `bench/volumes/network-volume.sh` makes a network volume where there is none.
 */
const { values } = parseArgs({
  options: {
    local: { type: 'string' },
    network: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    writes: { type: 'string', default: '200' },
  },
});
if (!values.local || !values.network) throw new Error('needs --local FOLDER and --network FOLDER');
const rounds = Number(values.rounds);
const writes = Number(values.writes);
const record = Buffer.alloc(4_096, 'x');

interface Probe {
  name: string;
  write(): unknown;
  end(): unknown;
}

const volumes = [
  { name: 'local', folder: mkdtempSync(join(values.local, 'longwire-')) },
  { name: 'network', folder: mkdtempSync(join(values.network, 'longwire-')) },
];
const probes = new Map<string, Probe[]>();
const times = new Map<string, number[]>();
try {
  for (const { name, folder } of volumes) {
    probes.set(name, [appending(folder), await redis(folder), await mariadb(folder)]);
  }
  for (let round = 0; round < rounds; round++) {
    for (const index of [0, 1, 2]) {
      // The one that went second goes first the next time.
      for (const { name } of round % 2 === 0 ? volumes : volumes.toReversed()) {
        await measure(name, probes.get(name)![index]!);
      }
    }
  }
  for (const [what, all] of times) {
    all.sort((left, right) => left - right);
    const [p50, p99] = [0.5, 0.99].map((share) => all[Math.floor(share * (all.length - 1))]!.toFixed(2));
    console.log(`${what}: p50 ${p50} ms, p99 ${p99} ms, of ${all.length}`);
  }
} finally {
  for (const probe of [...probes.values()].flat()) await probe.end();
  for (const { folder } of volumes) rmSync(folder, { recursive: true, force: true });
}

async function measure(volume: string, probe: Probe): Promise<void> {
  const key = `${probe.name}, ${volume}`;
  const found = times.get(key) ?? [];
  times.set(key, found);
  for (let count = 0; count < writes; count++) {
    const startMs = performance.now();
    await probe.write();
    found.push(performance.now() - startMs);
  }
}

function appending(folder: string): Probe {
  const file = openSync(join(folder, 'log'), 'a');
  const write = (): void => {
    writeSync(file, record);
    fsyncSync(file);
  };
  return { name: '4 KiB appended and flushed', write, end: () => closeSync(file) };
}

async function redis(folder: string): Promise<Probe> {
  const server = await startRedis({ dir: join(folder, 'redis') });
  const client = new Redis(server.url);
  let count = 0;
  const end = async (): Promise<void> => {
    client.disconnect();
    await server.end();
  };
  return { name: 'Redis SET, appendfsync always', write: () => client.set(`key:${count++}`, 'value'), end };
}

async function mariadb(folder: string): Promise<Probe> {
  const server = await startMariadb({ dir: join(folder, 'mariadb') });
  const connection = await createConnection({ uri: server.url });
  await connection.query('CREATE DATABASE bench');
  await connection.query('CREATE TABLE bench.row (id INT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(200))');
  const end = async (): Promise<void> => {
    await connection.end();
    await server.end();
  };
  const sql = "INSERT INTO bench.row (text) VALUES ('a row of some length, as most are')";
  return { name: 'MariaDB INSERT, committed', write: () => connection.query(sql), end };
}
