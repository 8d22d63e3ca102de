import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readMigrations } from '../../../services/user-mysql/edges/migrations.ts';
import { emptyDatabase, instanceOn, migrationsFolder } from './fixtures.ts';

const entry = fileURLToPath(new URL('../../../services/user-mysql/migrate.ts', import.meta.url));
const numbers = readMigrations(migrationsFolder).map(({ number }) => number);

interface Run {
  code: number;
  text: string;
  lines: { msg: string; applied?: number[] }[];
}

function run(settings: Record<string, string>): Promise<Run> {
  const env = { ...process.env, LONGWIRE_INTERNAL_SECRETS: 'internal-secret-of-a-test', ...settings };
  return new Promise((resolve) => {
    execFile(process.execPath, [entry], { env, timeout: 25_000 }, (error, stdout, stderr) => {
      const lines = stdout.split('\n').filter(Boolean);
      const code = error ? Number(error.code ?? -1) : 0;
      resolve({ code, text: stdout + stderr, lines: lines.map((line) => JSON.parse(line)) });
    });
  });
}

test('the entry of its own migrates and ends with 0, and a second time applies nothing', async () => {
  const url = await emptyDatabase();
  for (const applied of [numbers, []]) {
    const { code, lines } = await run({ LONGWIRE_MYSQL_URL: url });
    expect(lines.at(-1)).toMatchObject({ msg: 'tables are in place', applied });
    expect(code).toBe(0);
  }
});

test('two at once apply each migration once between them', async () => {
  const url = await emptyDatabase();
  const runs = await Promise.all([1, 2].map(() => run({ LONGWIRE_MYSQL_URL: url })));
  expect(runs.map(({ code }) => code)).toEqual([0, 0]);
  const applied = runs.flatMap(({ lines }) => lines.at(-1)?.applied ?? []);
  expect(applied.sort((left, right) => left - right)).toEqual(numbers);
});

test('a migration that was changed after it had been applied ends it with 1 and says which', async () => {
  const url = await emptyDatabase();
  await run({ LONGWIRE_MYSQL_URL: url });
  await instanceOn(url).run('UPDATE migration SET checksum = ? WHERE number = 3', ['0'.repeat(64)]);
  const { code, text } = await run({ LONGWIRE_MYSQL_URL: url });
  expect(code).toBe(1);
  expect(text).toContain('migration 3');
});

test('without its configuration it ends with 78 and one line a fault, none with a value', async () => {
  const { code, text } = await run({ LONGWIRE_MYSQL_URL: 'postgres://user:hidden@host/db' });
  expect(code).toBe(78);
  expect(text).toMatch(/^user-mysql: configuration: mysqlUrl.*\n$/);
  expect(text).not.toContain('hidden');
});
