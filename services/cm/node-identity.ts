import { randomBytes } from 'node:crypto';
import type { NodeLease } from '../common/protocol/user-redis-calls.ts';

/** Who this CM is: the instance's name, and a boot id that no earlier or later process of that name has. */
export function nodeIdentity(instance: string, address: string): NodeLease {
  const boot = BigInt(`0x${randomBytes(10).toString('hex')}`).toString(36);
  return { node: instance.replaceAll(/[^A-Za-z0-9_.-]/g, '-'), boot, address };
}
