import { withDeadline } from '../common/bus/deadline.ts';
import type { Config } from './config.ts';
import { createLagMetric, type LagGroup } from './metrics.ts';
import type { Parts } from './parts.ts';

/** Whoever reads the metrics gets them without this figure if it takes longer. */
const lagMs = 1_000;

const groupsOfPart: Record<Config['imRoles'][number], LagGroup[]> = {
  api: [],
  planner: ['planner'],
  router: ['router', 'broadcaster'],
  callback: ['callback'],
  channel: ['channel'],
};

/** Shows how far behind the groups are whose consumers run here. */
export function showBusLag({ bus, topics, groups, config, registry }: Parts): void {
  const topicOf: Record<LagGroup, string> = {
    router: topics.route,
    broadcaster: topics.broadcast,
    planner: topics.task,
    callback: topics.receipt,
    channel: topics.channel,
  };
  const here = config.imRoles.flatMap((part) => groupsOfPart[part]);
  createLagMetric(registry, here, async (group) => {
    const lag = await withDeadline(bus.lag(topicOf[group], groups[group]), lagMs, 'lag');
    return [...lag.values()].reduce((sum, records) => sum + records, 0);
  });
}
