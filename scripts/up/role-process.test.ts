import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { startRole } from './role-process.ts';

test('a role runs with the flags of services/node-flags, which Node knows', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-role-'));
  try {
    const script = join(dir, 'main.mjs');
    const logFile = join(dir, 'log');
    writeFileSync(script, 'console.log(JSON.stringify(process.execArgv));');
    const role = await startRole({ script, env: {}, logFile, cwd: dir });
    await role.ended;
    const flags = readFileSync(resolve(import.meta.dirname, '../../services/node-flags'), 'utf8')
      .trim()
      .split('\n');
    expect(JSON.parse(readFileSync(logFile, 'utf8'))).toEqual(flags);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
