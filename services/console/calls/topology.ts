import Type, { type Static } from 'typebox';
import { TimeMs } from '../../common/protocol/ids.ts';
import { endpoint } from './endpoint.ts';
import { InstanceView, instanceRoles } from './overview.ts';

/** What a message passes. Parts of one role stand apart: `api`, `planner`, `router`, `callback` and `channel` are im. */
export const topologyNodes = [
  'upstream',
  'api',
  'bus',
  'planner',
  'router',
  'user-redis',
  'user-mysql',
  'cm',
  'device',
  'callback',
  'channel',
  'vendor',
] as const;
export type TopologyNode = (typeof topologyNodes)[number];

const Known = Type.Union([Type.Number(), Type.Null()], { description: 'null: not known, or nothing happened' });

export const Topology = Type.Object({
  at: TimeMs,
  nodes: Type.Array(
    Type.Object({
      id: Type.Enum([...topologyNodes]),
      /** Whose instances do it; null: nobody's of this system. */
      role: Type.Union([Type.Enum([...instanceRoles]), Type.Null()]),
      instances: Type.Array(InstanceView),
    }),
  ),
  arrows: Type.Array(
    Type.Object({
      from: Type.Enum([...topologyNodes]),
      to: Type.Enum([...topologyNodes]),
      /** What is counted: calls, records, messages, frames, receipts. */
      unit: Type.Enum(['calls', 'records', 'messages', 'receipts', 'tasks']),
      perS: Known,
      p50Ms: Known,
      p99Ms: Known,
    }),
  ),
});
export type Topology = Static<typeof Topology>;

export const topologyCalls = {
  topology: endpoint({
    method: 'GET',
    path: '/topology',
    summary: 'The way of a message, with what goes along each part of it',
    needs: 'any',
    answer: Topology,
    live: true,
    example: {},
  }),
};
