import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = fileURLToPath(new URL('../../.cache', import.meta.url));

export type Availability = { ok: true } | { ok: false; reason: string };

/** Whether Java 17 and the jars that a pom names can be had here; fetches the jars the first time. */
export async function jarsAvailable(name: string, pom: string): Promise<Availability> {
  try {
    const { stderr } = await run('java', ['-version']);
    const major = Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
    if (major < 17) return { ok: false, reason: `Java 17 or later is needed, not ${major}` };
    await fetchJars(name, pom);
    return { ok: true };
  } catch (error) {
    const [line] = (error as Error).message.split('\n');
    return { ok: false, reason: line ?? 'unknown' };
  }
}

/** Answers the folder of the jars, complete; a folder half filled is never taken for a full one. */
export async function fetchJars(name: string, pom: string): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 16);
  const jars = join(cache, name, hash);
  if (existsSync(join(jars, 'complete'))) return jars;
  const partial = join(cache, name, `${hash}.${process.pid}`);
  mkdirSync(partial, { recursive: true });
  try {
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${partial}`];
    await run('mvn', ['-q', '-B', '-f', pom, ...goal], { timeout: 600_000 });
    if (readdirSync(partial).length === 0) throw new Error('Maven fetched nothing');
    writeFileSync(join(partial, 'complete'), '');
    if (!existsSync(jars)) renameSync(partial, jars);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return jars;
}
