import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a container starts: the role that the image is of, with the flags that every role runs with. Node takes the place
 * of this process, so that it is PID 1 itself and gets the signals, without a shell in between.
 */
const services = join(import.meta.dirname, '../../services');
const flags = readFileSync(join(services, 'node-flags'), 'utf8').trim().split('\n');
const role = process.env['LONGWIRE_ROLE'] ?? '';

process.execve?.(process.execPath, [process.execPath, ...flags, join(services, role, 'main.ts')], process.env);
