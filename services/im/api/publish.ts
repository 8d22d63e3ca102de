import type { NewRecord } from '../../common/bus/bus.ts';
import { withDeadline } from '../../common/bus/deadline.ts';
import type { ApiDeps } from './deps.ts';
import { busy } from './faults.ts';

/**
 * Resolves when the bus has all records for good.
 *
 * @throws ApiFault `busy` if it doesn't say so in time. It may have some: a repeat of the request writes the same record
 * ids again, and readers take each once.
 */
export async function publishOrBusy(deps: ApiDeps, topic: string, records: NewRecord[]): Promise<void> {
  if (records.length === 0) return;
  try {
    await withDeadline(deps.publish(topic, records), deps.limits.publishTimeoutMs, 'publish');
  } catch (error) {
    deps.log.debug({ err: error, records: records.length }, 'publishing failed');
    throw busy(error);
  }
}
