import type { Push } from '../frames.ts';
import { isPosition, isText, optional, shaped } from './checks.ts';

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

/** Without an identity it is stored before the first registration, so that no device is registered that can't be kept. */
export function newDeviceState(appId: string, { cid, token }: Identity = { cid: '', token: '' }): DeviceState {
  return { appId, cid, token, seq: 0, ids: [] };
}

export function identityOf(state: DeviceState): Identity | undefined {
  return state.cid === '' ? undefined : state;
}

const none: readonly StoredEvent[] = [];

export function eventsOf({ events = none }: DeviceState): readonly StoredEvent[] {
  return events;
}

/** The same object if the events are. */
export function withEvents(state: DeviceState, events: readonly StoredEvent[]): DeviceState {
  return events === eventsOf(state) ? state : { ...state, events };
}

/** What was loaded, with what this page knows beside it; the very same object if that is nothing. */
export function merged(loaded: DeviceState, known: DeviceState): DeviceState {
  if (known.cid !== loaded.cid && known.cid !== '') return loaded;
  const events = eventsOf(known).filter((event) => !hasEvent(loaded, event));
  const state = events.length === 0 ? loaded : withEvents(loaded, [...eventsOf(loaded), ...events]);
  return known.cid === '' ? state : advanced(state, known);
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
  return advanced(state, { seq: push.seq, bseq: push.bseq, ids: isFinished(state, push) ? [] : [push.id] });
}

/** The state with whatever is further or new in what is known; the very same object if that is nothing. */
function advanced(state: DeviceState, known: { seq?: number; bseq?: number; ids: readonly string[] }): DeviceState {
  const seq = Math.max(state.seq, known.seq ?? 0);
  const bseq = known.bseq === undefined ? state.bseq : Math.max(state.bseq ?? 0, known.bseq);
  const ids = known.ids.filter((id) => !state.ids.includes(id));
  if (seq === state.seq && bseq === state.bseq && ids.length === 0) return state;
  return { ...state, seq, bseq, ids: [...state.ids, ...ids].slice(-keptIds) };
}

/** Takes the server's word for where the broadcasts begin, if there was none yet. */
export function withCursor(state: DeviceState, bseq: number): DeviceState {
  return state.bseq === undefined ? { ...state, bseq } : state;
}

/** Forgets a position that the server doesn't know: the next messages are told apart by their ids alone. */
export function without(state: DeviceState, field: 'seq' | 'bseq'): DeviceState {
  return { ...state, [field]: field === 'seq' ? 0 : undefined };
}

/** Checks what a storage gave back. Undefined if it isn't a device's state. */
export function readDeviceState(value: unknown): DeviceState | undefined {
  if (!isState(value)) return undefined;
  const { appId, cid, token, seq, bseq, ids, events } = value as DeviceState;
  const state = { appId, cid, token, seq, bseq, ids: ids.slice(-keptIds) };
  return Array.isArray(events) ? withEvents(state, events.filter(isEvent)) : state;
}

const isState = shaped({
  ...{ appId: isText, cid: isText, token: isText, seq: isPosition, bseq: optional(isPosition) },
  ids: (ids) => Array.isArray(ids) && ids.every(isText),
});

const isEvent = shaped({ task: isText, id: isText, action: isText, at: Number.isSafeInteger });
