import { once } from 'node:events';
import { createServer } from 'node:net';
import { UpError } from './say.ts';

/** Below what Linux gives to outgoing connections, so that a server which restarts finds its port still free. */
const first = 15_000;
const count = 16_000;

/** Finds free ports on 127.0.0.1, none of them twice. */
export class PortFinder {
  #next = first + Math.floor(Math.random() * count);
  #taken = new Set<number>();

  /** @throws UpError naming `what` it was for, if this very port is taken. */
  async claim(port: number, what: string): Promise<number> {
    const fault = await faultOf(port);
    if (fault === 'EADDRINUSE') {
      throw new UpError(`port ${port} (${what}) is taken; stop what uses it, or choose another with --port`);
    }
    if (fault) throw new UpError(`port ${port} (${what}) can't be used (${fault}); choose another with --port`);
    this.#taken.add(port);
    return port;
  }

  async free(): Promise<number> {
    for (let tries = 0; tries < count; tries++) {
      const port = first + (this.#next++ % count);
      if (this.#taken.has(port) || (await faultOf(port))) continue;
      this.#taken.add(port);
      return port;
    }
    throw new UpError(`no free port between ${first} and ${first + count}`);
  }
}

async function faultOf(port: number): Promise<string | undefined> {
  const server = createServer();
  server.listen({ host: '127.0.0.1', port });
  try {
    await once(server, 'listening');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown fault';
  }
  server.close();
  await once(server, 'close');
  return undefined;
}
