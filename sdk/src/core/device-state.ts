import type { Push } from '../frames.ts';

/** Who this installation is for the server. */
export interface Identity {
  readonly cid: string;
  readonly token: string;
}

/** What a device keeps across restarts; plain data, fit for JSON. */
export interface DeviceState extends Identity {
  readonly appId: string;
  /** Highest position finished; 0 if none. */
  readonly seq: number;
  /** Last broadcast cursor finished; undefined until the first welcome told where it stands. */
  readonly bseq?: number;
  /** Ids of the last messages the app got, oldest first. */
  readonly ids: readonly string[];
}

/** How many ids are kept: a message that was written twice comes at another position with the same id. */
export const keptIds = 200;

type Head = Pick<Push, 'id' | 'seq' | 'bseq'>;

export function newDeviceState(appId: string, identity: Identity): DeviceState {
  return { appId, cid: identity.cid, token: identity.token, seq: 0, ids: [] };
}

/** Whether the app had this message before. */
export function isFinished(state: DeviceState, push: Head): boolean {
  if (push.seq !== undefined && push.seq <= state.seq) return true;
  if (push.bseq !== undefined && state.bseq !== undefined && push.bseq <= state.bseq) return true;
  return state.ids.includes(push.id);
}

/** The state once the app has had this message: the very same object if nothing changes. */
export function finish(state: DeviceState, push: Head): DeviceState {
  const seq = Math.max(state.seq, push.seq ?? 0);
  const bseq = push.bseq === undefined ? state.bseq : Math.max(state.bseq ?? 0, push.bseq);
  const known = isFinished(state, push);
  if (seq === state.seq && bseq === state.bseq && known) return state;
  const ids = known ? state.ids : [...state.ids, push.id].slice(-keptIds);
  return { ...state, seq, ids, ...(bseq === undefined ? {} : { bseq }) };
}

/** Takes the server's word for where the broadcasts begin, if there was none yet. */
export function withCursor(state: DeviceState, bseq: number): DeviceState {
  return state.bseq === undefined ? { ...state, bseq } : state;
}

/** Forgets a position that the server doesn't know: the next messages are told apart by their ids alone. */
export function without(state: DeviceState, field: 'seq' | 'bseq'): DeviceState {
  if (field === 'seq') return { ...state, seq: 0 };
  const { bseq: _, ...rest } = state;
  return rest;
}

/** Checks what a storage gave back. Undefined if it isn't a device's state. */
export function readDeviceState(value: unknown): DeviceState | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { appId, cid, token, seq, bseq, ids } = value as Record<string, unknown>;
  if (typeof appId !== 'string' || typeof cid !== 'string' || typeof token !== 'string') return undefined;
  if (!isPosition(seq) || (bseq !== undefined && !isPosition(bseq))) return undefined;
  if (!Array.isArray(ids) || !ids.every((id): id is string => typeof id === 'string')) return undefined;
  return { appId, cid, token, seq, ids: ids.slice(-keptIds), ...(bseq === undefined ? {} : { bseq }) };
}

function isPosition(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
