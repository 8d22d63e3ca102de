import { randomBytes } from 'node:crypto';
import type { Bus } from '../../common/bus/bus.ts';
import { every } from '../../common/ticks.ts';
import { createPlannerMetrics, createScheduleMetrics } from '../metrics.ts';
import type { Parts } from '../parts.ts';
import { sendBroadcasts } from './broadcasts.ts';
import { PartWriter } from './part-writer.ts';
import { Planner } from './planner.ts';
import { ScheduleRunner } from './schedule-runner.ts';
import { TagRunner } from './tag-runner.ts';

/** How often jobs are looked for that nobody works on: those of instances that died, or have too many. New ones are looked for at once. */
const lookEveryMs = 4_000;
/** How often due schedules are looked for; those that were there at the last look are sent at their time. */
const dueEveryMs = 1_000;
/** Tasks planned at once. */
const maxBatch = 100;
/** A consumer whose loop stands still this long is taken for hung; longer than the router's, as the planner may wait for it. */
const progressMs = 120_000;

/** Composes the planner and starts to consume the task topic. */
export async function startPlanner(parts: Parts): Promise<void> {
  const { bus, redis, mysql, topics, groups, setAside, config, registry, health, lifecycle, log, traces } = parts;
  const planner = new Planner({
    bus,
    directory: mysql,
    broadcast: (tasks, stale) => {
      const publish: Bus['publish'] = (topic, records) => bus.publish(topic, records);
      return sendBroadcasts({ publish, topics, tasks: mysql, stops: redis, now: Date.now, stale }, tasks);
    },
    onJob: () => look(),
    routeTopic: topics.route,
    routerGroup: groups.router,
    routePartitions: config.routePartitions,
    limits: config,
    metrics: createPlannerMetrics(registry, () => runner.running),
    traces,
    now: Date.now,
    log,
  });
  const runner: TagRunner = new TagRunner({
    jobs: mysql,
    parts: new PartWriter({
      publish: (topic, records) => bus.publish(topic, records),
      standing: () => bus.standing(topics.route, groups.router),
      routeTopic: topics.route,
      now: Date.now,
    }),
    routePartitions: config.routePartitions,
    owner: randomBytes(16).toString('hex'),
    traces,
    now: Date.now,
    log,
  });
  const look = (): void => {
    runner.claim().catch((error: unknown) => log.debug({ err: error }, 'jobs could not be asked for'));
  };
  const endLooks = every(lookEveryMs, look);
  lifecycle.onStop('tag jobs', async () => {
    endLooks();
    await runner.stop();
  });
  const schedules = new ScheduleRunner({
    schedules: mysql,
    publish: (topic, records) => bus.publish(topic, records),
    taskTopic: topics.task,
    instance: config.instance,
    metrics: createScheduleMetrics(registry),
    now: Date.now,
  });
  let next: NodeJS.Timeout | undefined;
  const sendDue = (): void => {
    schedules.run().then(
      (nextMs = dueEveryMs) => {
        clearTimeout(next);
        if (nextMs < dueEveryMs) next = setTimeout(sendDue, nextMs).unref();
      },
      (error: unknown) => log.debug({ err: error }, 'due schedules could not be sent'),
    );
  };
  const endTicks = every(dueEveryMs, sendDue);
  lifecycle.onStop('schedules', async () => {
    endTicks();
    await schedules.stop();
    clearTimeout(next);
  });
  const consumer = await bus.consume({
    topic: topics.task,
    group: groups.planner,
    maxBatch,
    onBatch: (batch) => planner.handle(batch),
    setAside,
  });
  lifecycle.onStop('planner', () => consumer.stop());
  health.addLive('planner', () =>
    Date.now() - consumer.lastProgressMs() > progressMs ? 'the consumer stands still' : undefined,
  );
}
