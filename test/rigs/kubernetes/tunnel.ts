import { once } from 'node:events';
import type { Kubectl } from './kubectl.ts';

/** A port of loopback behind which is something of the cluster. */
export interface Tunnel {
  url: string;
  close(): Promise<void>;
}

const limitMs = 20_000;

/** Of `kubectl proxy` or `kubectl port-forward`, which say themselves at which port they are. */
export async function openTunnel(kubectl: Kubectl, args: string[]): Promise<Tunnel> {
  const child = kubectl.start(args);
  let said = '';
  const found = new Promise<string>((resolve, reject) => {
    const look = (data: Buffer): void => {
      said += data;
      const port = /127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(port);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('close', () => reject(new Error(`kubectl ${args.join(' ')} ended: ${said.slice(-500)}`)));
    setTimeout(() => reject(new Error(`kubectl ${args.join(' ')} names no port`)), limitMs).unref();
  });
  const close = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'close');
  };
  try {
    return { url: `http://127.0.0.1:${await found}`, close };
  } catch (error) {
    await close();
    throw error;
  }
}
