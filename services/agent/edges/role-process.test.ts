import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { freePort, waitFor } from '../../../test/rigs/process.ts';
import { RoleProcess } from './role-process.ts';

/** A process that listens, on the address given. */
async function listener(port: number, host: string) {
  const script = `require('node:net').createServer().listen(${port}, '${host}', () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

test.each(['127.0.0.1', '::'])(
  'the process that listens on a port (%s) is found, with its figures, and followed',
  async (host) => {
    const port = await freePort();
    const role = new RoleProcess(port);
    expect(role.pid()).toBe('unknown');
    expect(role.figures()).toEqual({ process: undefined, cgroup: {} });

    const first = await listener(port, host);
    expect(role.pid()).toBe(first.pid);
    const { process: figures } = role.figures();
    expect(figures!.residentBytes).toBeGreaterThan(10_000_000);
    expect(figures!.threads).toBeGreaterThan(1);
    expect(figures!.cpuSeconds).toBeLessThan(60);
    first.kill('SIGSTOP');
    await waitFor('it is stopped', () => role.figures().process?.state === 'stopped');
    first.kill('SIGKILL');
    await once(first, 'exit');
    expect(role.pid()).toBe('unknown');

    const next = await listener(port, host);
    expect(role.pid()).toBe(next.pid);
    next.kill('SIGKILL');
    await once(next, 'exit');
  },
);
