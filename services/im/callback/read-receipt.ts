import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { EventReceipt, EventsReceipt, eventReceiptsOf } from '../../common/protocol/bus-records.ts';
import { actionIdOf } from './lines.ts';

const schema = Compile(Type.Union([EventReceipt, EventsReceipt]));

/** An event that upstreams are told of, without its devices having been looked at. */
export interface Reportable {
  app: string;
  actionId: string;
  /** All of it, a receipt a task; empty if it can't be read. */
  whole: () => EventReceipt[];
}

/** How records of events begin, but for some that versions before wrote. */
const head = /^\{"kind":"events?","app":"([\w-]+)","event":"([\w:]+)"/;

/**
 * Reads as much of a record as says whether anybody is to be told, its first characters: most are of apps without a callback, or of an event that
 * nobody is told of, and theirs are not parsed. Undefined if nobody is, or if it can't be read: the statistics complain of that one.
 */
export function readReceipt(value: string): Reportable | undefined {
  const [, app, event] = head.exec(value) ?? headOf(parsed(value));
  const actionId = event === undefined ? undefined : actionIdOf(event);
  if (app === undefined || actionId === undefined) return undefined;
  return { app, actionId, whole: () => wholeOf(parsed(value)) };
}

function headOf(record: unknown): [kind: string, app: string, event: string] | [] {
  const { kind, app, event } = (record ?? {}) as Partial<Record<'kind' | 'app' | 'event', unknown>>;
  if ((kind !== 'event' && kind !== 'events') || typeof app !== 'string' || typeof event !== 'string') return [];
  return [kind, app, event];
}

function wholeOf(record: unknown): EventReceipt[] {
  return schema.Check(record) ? eventReceiptsOf(record) : [];
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
