import Type from 'typebox';

export const AppId = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$', description: 'An app of an upstream' });
export const Cid = Type.String({ pattern: '^[0-9a-f]{32}$', description: 'One installation of one app' });
export const TaskId = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' });
/** A time, integer milliseconds since the Unix epoch, UTC. */
export const TimeMs = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** A unicast position; 0 is before the first. */
export const Seq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
