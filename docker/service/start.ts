import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a container starts: the role that the image is of, with the flags that every role runs with, or those of its own. Node takes
 * the place of this process, so that it is PID 1 itself and gets the signals, without a shell in between.
 */
const services = join(import.meta.dirname, '../../services');
const role = process.env['LONGWIRE_ROLE'] ?? '';
const main = join(services, role, 'main.ts');
const own = join(services, role, 'node-flags');
const flags = readFileSync(existsSync(own) ? own : join(services, 'node-flags'), 'utf8')
  .trim()
  .split('\n');
const env = role === 'agent' ? { ...process.env, ...compileCache() } : process.env;

process.execve?.(process.execPath, [process.execPath, ...flags, main], env);

/**
 * What takes types out of a program stays in its memory, 16 MB of the agent's. So another process loads the program once, into Node's
 * compile cache, on the memory file system that a container has even where its root is read-only. Where that can't be written, the
 * agent runs without.
 */
function compileCache(): { NODE_COMPILE_CACHE: string } {
  const cache = { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '/dev/shm/longwire-agent' };
  const loaded = { ...process.env, ...cache, LONGWIRE_ONLY_LOAD: '1' };
  spawnSync(process.execPath, [...flags, main], { env: loaded, stdio: 'ignore', timeout: 20_000 });
  return cache;
}
