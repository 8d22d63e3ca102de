import type { Seal } from '../core/sealed.ts';
import type { Database } from '../database.ts';
import { resealChannels } from './app-channels.ts';
import { type CleanUpOptions, cleanUp } from './clean-up.ts';
import { type EventRetention, keepPartitions, type PartitionsChanged } from './event-partitions.ts';
import { keepPeaks } from './online-peaks.ts';

export interface KeepingOptions extends EventRetention, CleanUpOptions {
  /** Credentials that another than its first key sealed are sealed anew. */
  seal?: Seal;
}

/** What is left after that comes the next time. */
const roundMs = 1_800_000;

/**
 * One round over the tables: partitions of events, peaks of days, and what is over. One instance does it at a time, as
 * long as its connection holds.
 *
 * @returns undefined if another one is at it.
 */
export async function keepTables(database: Database, options: KeepingOptions): Promise<PartitionsChanged | undefined> {
  return database.session(async (session) => {
    // Lock names are the server's, not the database's.
    const lock = "CONCAT('longwire.keep.', LEFT(SHA2(DATABASE(), 256), 40))";
    const [row] = await session.rows<{ got: number | null }>(`SELECT GET_LOCK(${lock}, 0) AS got`);
    if (row?.got !== 1) return undefined;
    try {
      const changed = await keepPartitions(database, options);
      await keepPeaks(database, options);
      if (options.seal) await resealChannels(database, options.seal);
      await cleanUp(database, options);
      return changed;
    } finally {
      await session.rows(`SELECT RELEASE_LOCK(${lock})`);
    }
  }, roundMs);
}
