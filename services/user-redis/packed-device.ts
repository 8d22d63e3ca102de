import type { Route } from '../common/protocol/user-redis-calls.ts';

export interface Device {
  /** Where it gets messages; none for a blacklisted one. */
  route: Route | null;
  /** The connection it has, or had when it was blacklisted. */
  connection: Route | null;
  blacklisted: boolean;
  /** When it last attached, ms; 0 if that is not known. */
  attachedAt: number;
  /** What it had finished of broadcasts then; null if that is not known. */
  bseq: number | null;
}

/** Reads the packed string of a device's key (`keys.ts` says its shape); an empty one is a device that is not known. */
export function unpackDevice(packed: string | null): Device | null {
  if (!packed) return null;
  const blacklisted = packed.startsWith('!');
  const [node, boot, conn, , attachedAt, bseq] = (blacklisted ? packed.slice(1) : packed).split(' ');
  const connection = node === '-' || !node || !boot ? null : { node, boot, conn: Number(conn) };
  return {
    route: blacklisted ? null : connection,
    connection,
    blacklisted,
    attachedAt: Number(attachedAt),
    bseq: attachedAt === '0' || bseq === undefined ? null : Number(bseq),
  };
}
