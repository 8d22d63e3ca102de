import { type FaultyServer, startFaultyServer } from './conformance/faulty-server.ts';

/** A line to a real server that cuts connections, so that it sends again, and may be slow with what it sends. */
export interface RepeatingServer extends FaultyServer {
  /** Times that each text came from the server, whether it has gone on or is held back. */
  readonly came: ReadonlyMap<string, number>;
  /** Every device has said that it finished the last that came for it. */
  allFinished(): boolean;
  /** From now on pushes are held back. */
  hold(): void;
  /** Those that were held back go on, in their order. */
  release(): void;
}

/** @param url the real server's */
export async function startRepeatingServer(url: string): Promise<RepeatingServer> {
  const came = new Map<string, number>();
  /** By cid: the last position that came, and the last that was finished. */
  const last = new Map<string, number>();
  const finished = new Map<string, number>();
  let held: (() => void)[] | undefined;
  const server = await startFaultyServer(url, {
    fromServer(frame, state, later) {
      if (frame.t !== 'push') return [frame];
      const text = String(frame['transmission']);
      came.set(text, (came.get(text) ?? 0) + 1);
      raise(last, state['cid'], frame['seq']);
      if (held === undefined) return [frame];
      held.push(() => later(frame));
      return [];
    },
    fromClient(frame, state) {
      if (frame.t === 'login') state['cid'] = frame['cid'];
      if (frame.t === 'login' || frame.t === 'ack') raise(finished, state['cid'], frame['seq']);
      return [frame];
    },
  });
  return {
    ...server,
    came,
    allFinished: () => [...last].every(([cid, seq]) => finished.get(cid) === seq),
    hold() {
      held ??= [];
    },
    release() {
      const kept = held ?? [];
      held = undefined;
      for (const send of kept) send();
    },
  };
}

function raise(positions: Map<string, number>, cid: unknown, seq: unknown): void {
  if (typeof seq === 'number') positions.set(String(cid), Math.max(positions.get(String(cid)) ?? 0, seq));
}
