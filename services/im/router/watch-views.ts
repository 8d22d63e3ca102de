import type { Consumer } from '../../common/bus/bus.ts';
import { every } from '../../common/ticks.ts';
import type { Parts } from '../parts.ts';
import type { Replay } from './replay.ts';

/** How often owned partitions are asked whether their view was lost, also while no record comes. */
const watchMs = 1_000;
/** A consumer whose loop stands still this long is taken for hung. */
const progressMs = 60_000;

/** Stops and watches a consumer that fills views: that its loop turns, and that what it has filled is still there. */
export function watchViews(
  name: string,
  consumer: Consumer,
  replay: Pick<Replay, 'lost'>,
  { health, lifecycle, log }: Pick<Parts, 'health' | 'lifecycle' | 'log'>,
): void {
  lifecycle.onStop(name, () => consumer.stop());
  health.addLive(name, () =>
    Date.now() - consumer.lastProgressMs() > progressMs ? 'the consumer stands still' : undefined,
  );
  const endWatch = every(watchMs, () => {
    replay.lost(consumer.owned()).then(
      (lost) => {
        for (const partition of lost) consumer.restart(partition);
      },
      (error: unknown) => log.debug({ err: error }, 'views could not be read'),
    );
  });
  lifecycle.onStop(`${name}'s watch`, endWatch);
}
