import { once } from 'node:events';
import { createServer } from 'node:net';
import { OptionError } from '../core/option-error.ts';

/** Every address of 127.0.0.0/8 is one of this machine on Linux. @throws OptionError for one that this machine doesn't have */
export async function checkSourceAddresses(addresses: string[]): Promise<void> {
  for (const address of addresses) {
    const server = createServer().listen({ host: address, port: 0 });
    try {
      await once(server, 'listening');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new OptionError(
        `--source-addresses: ${address} can't be used (${code}); allowed are addresses of this machine`,
      );
    } finally {
      server.close();
    }
  }
}
