import { steps } from '../core/implied-events.ts';
import { type Delivery, deliveryKey, taskKey } from '../core/merge-receipts.ts';
import { slices } from '../core/order.ts';
import type { Session, SqlValue } from '../database.ts';
import { type DeliveryTimes, timeColumns } from './delivery-times.ts';
import type { OpenTask } from './tasks.ts';

type DeliveryRow = Pick<Delivery, 'app' | 'task' | 'cid'> & DeliveryTimes;

const rowsAtOnce = 500;
/** Devices of one task that are looked up by themselves. */
const manyOfTask = 50;
const select = `SELECT app_id AS app, task_id AS task, cid, ${timeColumns} FROM delivery`;

/**
 * Notes the steps that are new, and counts them in their tasks; when a message was stored is noted with them. What was noted first stays.
 *
 * @param deliveries distinct and sorted.
 * @param tasks those that are open, by key; deliveries of others are passed over.
 */
export async function noteDeliveries(
  session: Session,
  deliveries: Delivery[],
  tasks: ReadonlyMap<string, OpenTask>,
): Promise<void> {
  const byDay = new Map<number, { fresh: Delivery[]; perhapsKnown: Delivery[] }>();
  for (const delivery of deliveries) {
    const task = tasks.get(taskKey(delivery));
    if (!task) continue;
    const ofDay = byDay.get(task.day) ?? { fresh: [], perhapsKnown: [] };
    byDay.set(task.day, ofDay);
    if (!task.isNew) ofDay.perhapsKnown.push(delivery);
    else {
      count(delivery, task);
      ofDay.fresh.push(delivery);
    }
  }
  for (const [day, { fresh, perhapsKnown }] of byDay) {
    for (const some of slices(perhapsKnown, rowsAtOnce)) {
      const known = await knownOf(session, day, some);
      const more: Delivery[] = [];
      for (const delivery of some) {
        const row = known.get(deliveryKey(delivery));
        const isMore = count(delivery, tasks.get(taskKey(delivery))!, row);
        if (!row) fresh.push(delivery);
        else if (isMore) more.push(delivery);
      }
      // The rows are there and locked: none is inserted.
      if (more.length > 0) await write(session, day, more, { fill: true });
    }
    for (const some of slices(fresh, rowsAtOnce)) await write(session, day, some, { fill: false });
  }
}

/** What is known of deliveries of one day. The day by itself, so that only its partition is read. */
async function knownOf(session: Session, day: number, deliveries: Delivery[]): Promise<Map<string, DeliveryRow>> {
  const known = new Map<string, DeliveryRow>();
  const few: Delivery[] = [];
  const look = async (where: string, values: SqlValue[]): Promise<void> => {
    const rows = await session.rows<DeliveryRow>(`${select} WHERE day = ? AND ${where} FOR UPDATE`, [day, ...values]);
    for (const row of rows) known.set(deliveryKey(row), row);
  };
  for (const ofTask of Map.groupBy(deliveries, taskKey).values()) {
    const [{ app, task }] = ofTask as [Delivery];
    // The key of many rows of one task is said once: it is most of what the statement is long by.
    if (ofTask.length >= manyOfTask) {
      await look('app_id = ? AND task_id = ? AND cid IN (?)', [app, task, ofTask.map(({ cid }) => cid)]);
    } else few.push(...ofTask);
  }
  const keys = few.map(({ app, task, cid }) => [app, task, cid]);
  if (keys.length > 0) await look('(app_id, task_id, cid) IN (?)', [keys]);
  return known;
}

/** @returns whether the row lacks anything of it. */
function count(delivery: Delivery, { counts }: OpenTask, known?: DeliveryRow): boolean {
  let isNew = delivery.storedAt !== undefined && known?.storedAt === null;
  for (const step of steps) {
    if (delivery.at[step] === undefined || (known && known[step] !== null)) continue;
    counts[step] = (counts[step] ?? 0) + 1;
    isNew = true;
  }
  return isNew;
}

/** Inserts rows, or fills what is missing in those that are there. Of the steps, only those that any of the deliveries has are said. */
async function write(
  session: Session,
  day: number,
  deliveries: Delivery[],
  { fill }: { fill: boolean },
): Promise<void> {
  const noted = steps.filter((step) => deliveries.some(({ at }) => at[step] !== undefined));
  const columns = [...noted.map((step) => `${step}_at`), 'stored_at'];
  const rows = deliveries.map(({ app, task, cid, at, storedAt }) => {
    const row: SqlValue[] = [app, task, cid, day];
    for (const step of noted) row.push(at[step] ?? null);
    row.push(storedAt ?? null);
    return row;
  });
  const filled = columns.map((at) => `${at} = COALESCE(${at}, VALUES(${at}))`).join(', ');
  await session.run(
    `INSERT INTO delivery (app_id, task_id, cid, day, ${columns.join(', ')}) VALUES ?${fill ? ` ON DUPLICATE KEY UPDATE ${filled}` : ''}`,
    [rows],
  );
}
