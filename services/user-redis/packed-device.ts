import type { Route } from '../common/protocol/user-redis-calls.ts';

export interface Device {
  route: Route | null;
  /** When it last attached, ms; 0 if that is not known. */
  attachedAt: number;
}

/** Reads the packed string of a device's key (`keys.ts` says its shape); an empty one is a device that is not known. */
export function unpackDevice(packed: string | null): Device | null {
  if (!packed) return null;
  const [node, boot, conn, , attachedAt] = packed.split(' ');
  const route = node === '-' || !node || !boot ? null : { node, boot, conn: Number(conn) };
  return { route, attachedAt: Number(attachedAt) };
}
