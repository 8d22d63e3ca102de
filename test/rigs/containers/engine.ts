import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Availability } from '../maven.ts';
import { startProcess, waitFor } from '../process.ts';

const run = promisify(execFile);

/** Debian's own pair: a client of another make on the PATH may lack the builder. */
const daemon = '/usr/sbin/dockerd';
const client = '/usr/bin/docker';
const forwarding = '/proc/sys/net/ipv4/ip_forward';

/** An engine of one's own: nothing of it is seen by another on this machine, and it goes with all it made. */
export interface Engine {
  /** For other clients: what `DOCKER_HOST` is set to. */
  readonly host: string;
  /** Runs the client. @returns what it printed. @throws Error with the last of what it said. */
  docker(args: string[], options?: { timeoutMs?: number }): Promise<string>;
}

/** One that whoever started it also ends. */
export interface OwnEngine extends Engine {
  /** Ends the engine, its containers, and removes what it kept. */
  stop(): Promise<void>;
}

/** Whether an engine can be started here. */
export function engineAvailable(): Availability {
  if (process.getuid?.() !== 0) return { ok: false, reason: 'needs root, to start a container engine' };
  const missing = [daemon, client, '/usr/sbin/debootstrap'].find((file) => !existsSync(file));
  return missing === undefined ? { ok: true } : { ok: false, reason: `needs ${missing}` };
}

/** An engine that runs. @param host as `DOCKER_HOST` has it */
export function connectEngine(host: string): Engine {
  // A configuration of its own: whoever runs the tests may have credentials and contexts.
  const config = dirname(host.replace('unix://', ''));
  const env = { ...process.env, DOCKER_HOST: host, DOCKER_BUILDKIT: '1', DOCKER_CONFIG: config };
  return {
    host,
    async docker(args, { timeoutMs = 60_000 } = {}) {
      try {
        const { stdout } = await run(client, args, { env, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 });
        return stdout;
      } catch (error) {
        const { stderr = '', message } = error as Error & { stderr?: string };
        throw new Error(`docker ${args.slice(0, 2).join(' ')}: ${stderr.slice(-2_000) || message}`, { cause: error });
      }
    },
  };
}

/** @throws Error if it doesn't answer within 60 s. */
export async function startEngine(parent: string): Promise<OwnEngine> {
  // The path of its socket has to be short.
  const dir = mkdtempSync(join(parent, 'engine-'));
  const host = `unix://${dir}/sock`;
  const logFile = join(dir, 'dockerd.log');
  const args = ['--data-root', `${dir}/root`, '--exec-root', `${dir}/exec`, '-p', `${dir}/pid`, '-H', host];
  // Had it to switch forwarding on itself, it would have this machine forward nothing but its own packets from then on.
  if (readFileSync(forwarding, 'utf8').trim() !== '1') writeFileSync(forwarding, '1');
  // Without the default network: two engines would fight over its name, and nothing here uses it.
  const server = await startProcess({ command: daemon, args: [...args, '--bridge', 'none'], logFile });
  const { docker } = connectEngine(host);
  const stop = async (): Promise<void> => {
    const all = (await docker(['ps', '-aq']).catch(() => '')).split('\n').filter(Boolean);
    if (all.length > 0) await docker(['rm', '-fv', ...all]).catch(() => {});
    await docker(['network', 'prune', '-f']).catch(() => {});
    await server.end('SIGTERM', 30_000);
    for (const point of mountsBelow(dir)) await run('umount', ['-l', point]).catch(() => {});
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const died = server.ended.then(() => {
      throw new Error(`dockerd ended at once:\n${readFileSync(logFile, 'utf8').slice(-2_000)}`);
    });
    await Promise.race([waitFor('dockerd answers', () => docker(['version']), 60_000, 200), died]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { host, docker, stop };
}

/** The innermost first. */
function mountsBelow(dir: string): string[] {
  const points = readFileSync('/proc/mounts', 'utf8').split('\n');
  return points
    .map((line) => line.split(' ')[1] ?? '')
    .filter((point) => point.startsWith(`${dir}/`))
    .reverse();
}
