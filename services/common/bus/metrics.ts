import { Gauge, type Registry } from 'prom-client';
import type { Health } from '../health.ts';
import { topicKindOf } from '../protocol/topics.ts';
import type { Bus, TopicRetention } from './bus.ts';

/** What every role with a bus tells of it: as metrics, and on the ready page which groups hold records and have no members. */
export function observeBus(registry: Registry, health: Health, bus: Pick<Bus, 'healthy' | 'retention'>): void {
  new Gauge({
    name: 'longwire_bus_up',
    help: '1 while the bus answers this instance',
    registers: [registry],
    collect() {
      this.set(Number(bus.healthy()));
    },
  });
  const ofTopics = (name: string, help: string, of: (retention: TopicRetention) => number | undefined): void => {
    new Gauge({
      name,
      help,
      labelNames: ['topic'],
      registers: [registry],
      collect() {
        this.reset();
        for (const retention of bus.retention()) {
          const value = of(retention);
          if (value !== undefined) this.set({ topic: topicKindOf(retention.topic) }, value);
        }
      },
    });
  };
  ofTopics(
    'longwire_bus_fill_ratio',
    'Of the fullest partition: records that may not be dropped yet, of what it may hold',
    ({ fill }) => fill,
  );
  ofTopics('longwire_bus_bytes', 'Bytes that the topic holds', ({ bytes }) => bytes);
  ofTopics(
    'longwire_bus_replay_window_seconds',
    'How far back a topic can be replayed from which records were dropped for want of room',
    ({ windowMs }) => (windowMs === undefined ? undefined : windowMs / 1_000),
  );
  ofTopics(
    'longwire_bus_idle_groups',
    'Groups without members that records are kept for',
    ({ groups }) => idleOf(groups).length,
  );
  health.addNote('busGroupsWithoutMembers', () =>
    bus.retention().flatMap(({ topic, groups }) => idleOf(groups).map((group) => ({ topic, ...group }))),
  );
}

function idleOf(groups: TopicRetention['groups']): TopicRetention['groups'] {
  return groups.filter(({ absentMs, behind }) => absentMs > idleMs && behind > 0);
}

/** Longer than a restart. */
const idleMs = 60_000;
