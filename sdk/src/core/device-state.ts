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
  /** What the user did, and the server has not confirmed yet, oldest first. */
  readonly events?: readonly StoredEvent[];
}

/** `at`: ms since the epoch by the clock of the device, right or wrong. */
export interface StoredEvent {
  readonly task: string;
  readonly id: string;
  readonly action: string;
  readonly at: number;
}

/** How many ids are kept: a message that was written twice comes at another position with the same id. */
export const keptIds = 200;

type Head = Pick<Push, 'id' | 'seq' | 'bseq'>;

export function newDeviceState(appId: string, identity: Identity): DeviceState {
  return { appId, cid: identity.cid, token: identity.token, seq: 0, ids: [] };
}

/** Stored before the first registration, so that no device is registered that can't be kept. It has no identity yet. */
export function blankState(appId: string): DeviceState {
  return newDeviceState(appId, { cid: '', token: '' });
}

export function identityOf(state: DeviceState | undefined): Identity | undefined {
  return state === undefined || state.cid === '' ? undefined : state;
}

/** The same object if the events are. */
export function withEvents(state: DeviceState, events: readonly StoredEvent[]): DeviceState {
  if (events === eventsOf(state)) return state;
  const { events: _, ...rest } = state;
  return events.length === 0 ? rest : { ...rest, events };
}

const none: readonly StoredEvent[] = [];

export function eventsOf(state: DeviceState | undefined): readonly StoredEvent[] {
  return state?.events ?? none;
}

/** What was loaded, with what this page knows beside it; the very same object if that is nothing. */
export function merged(loaded: DeviceState, known: DeviceState): DeviceState {
  const events = eventsOf(known).filter((event) => !hasEvent(loaded, event));
  if (known.cid !== loaded.cid && known.cid !== '') return loaded;
  const state = events.length === 0 ? loaded : withEvents(loaded, [...eventsOf(loaded), ...events]);
  if (known.cid === '') return state;
  const seq = Math.max(loaded.seq, known.seq);
  const bseq = Math.max(loaded.bseq ?? 0, known.bseq ?? 0);
  const ids = known.ids.filter((id) => !loaded.ids.includes(id));
  if (seq === loaded.seq && bseq === (loaded.bseq ?? 0) && ids.length === 0) return state;
  return { ...state, seq, ids: [...loaded.ids, ...ids].slice(-keptIds), ...(bseq === 0 ? {} : { bseq }) };
}

/** The same action on the same message counts once. */
export function hasEvent(state: DeviceState, { id, action }: Pick<StoredEvent, 'id' | 'action'>): boolean {
  return eventsOf(state).some((event) => event.id === id && event.action === action);
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
  const { appId, cid, token, seq, bseq, ids, events } = value as Record<string, unknown>;
  if (typeof appId !== 'string' || typeof cid !== 'string' || typeof token !== 'string') return undefined;
  if (!isPosition(seq) || (bseq !== undefined && !isPosition(bseq))) return undefined;
  if (!Array.isArray(ids) || !ids.every((id): id is string => typeof id === 'string')) return undefined;
  const state = { appId, cid, token, seq, ids: ids.slice(-keptIds), ...(bseq === undefined ? {} : { bseq }) };
  return Array.isArray(events) ? withEvents(state, events.filter(isEvent)) : state;
}

function isEvent(value: unknown): value is StoredEvent {
  const { task, id, action, at } = (value ?? {}) as Record<string, unknown>;
  return typeof task === 'string' && typeof id === 'string' && typeof action === 'string' && Number.isSafeInteger(at);
}

function isPosition(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
