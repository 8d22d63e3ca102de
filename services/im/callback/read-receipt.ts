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

/**
 * Reads as much of a record as says whether anybody is to be told: most are of apps without a callback, and theirs are not
 * looked at any closer. Undefined if nobody is, or if it can't be read: the statistics complain of that one.
 */
export function readReceipt(value: string): Reportable | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return undefined;
  }
  const { kind, app, event } = (parsed ?? {}) as Partial<Record<'kind' | 'app' | 'event', unknown>>;
  if ((kind !== 'event' && kind !== 'events') || typeof app !== 'string' || typeof event !== 'string') return undefined;
  const actionId = actionIdOf(event);
  if (actionId === undefined) return undefined;
  return { app, actionId, whole: () => (schema.Check(parsed) ? eventReceiptsOf(parsed) : []) };
}
