import { createWriteStream, mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers';
import type { Managed } from '../process.ts';
import { runLabels } from './session.ts';

export interface ContainedOptions {
  image: string;
  program: string;
  args: string[];
  /** It sees this folder of the host under the same path, and nothing else of the host. */
  dir: string;
  /** Gets what it prints. */
  logFile: string;
  /** A folder of its own in memory. */
  tmpfs?: string;
}

/**
 * A program of a public image, on this machine's network and as this user: to whoever started it, it is like a process of this
 * machine's own program, reached at the same addresses, with the same files, stopped by the same signals. The engine is
 * `DOCKER_HOST`, on this machine.
 *
 * @throws Error if there is no engine, or no such image.
 */
export async function startContained(options: ContainedOptions): Promise<Managed> {
  const { image, program, args, dir, logFile, tmpfs } = options;
  mkdirSync(dirname(logFile), { recursive: true });
  const { uid, gid } = userInfo();
  const started = await new GenericContainer(image)
    .withLabels(runLabels())
    .withNetworkMode('host')
    .withUser(`${uid}:${gid}`)
    .withBindMounts([{ source: dir, target: dir }])
    .withWorkingDir(dir)
    .withEntrypoint([program])
    .withCommand(args)
    .withTmpFs(tmpfs === undefined ? {} : { [tmpfs]: 'rw' })
    .withLogConsumer((stream) => stream.pipe(createWriteStream(logFile, { flags: 'a' })))
    // Whoever started it asks the server itself.
    .withWaitStrategy(Wait.forListeningPorts())
    .start();
  const client = await getContainerRuntimeClient();
  const container = client.container.getById(started.getId());
  const ended = container.wait().then(() => {});
  const { State } = await container.inspect();
  return {
    pid: State.Pid,
    ended,
    async end(signal = 'SIGTERM', graceMs = 15_000) {
      // It may have ended by itself, and been removed.
      const kill = (name: string): Promise<void> => container.kill({ signal: name }).catch(() => {});
      await kill(signal);
      const late = setTimeout(() => void kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(late);
      await container.remove({ v: true, force: true }).catch(() => {});
    },
  };
}
