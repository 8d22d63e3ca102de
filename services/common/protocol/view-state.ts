import Type, { type Static } from 'typebox';

/**
 * What Redis holds of a partition of the bus, a view that may have been lost:
 * `ready` has all that the bus has; `replaying` is being filled again, so nothing may be sent from it yet, lest a device
 * finishes a later message first; `missing` is lost wholly (start over); `stale` is from before Redis restarted, so
 * its last moments may be lost.
 */
export const ViewState = Type.Enum(['ready', 'replaying', 'missing', 'stale']);
export type ViewState = Static<typeof ViewState>;
