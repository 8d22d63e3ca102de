import { type Step, steps } from '../core/implied-events.ts';
import { type Delivery, deliveryKey, taskKey } from '../core/merge-receipts.ts';
import { slices } from '../core/order.ts';
import type { Session, SqlValue } from '../database.ts';
import type { OpenTask } from './tasks.ts';

type DeliveryRow = Omit<Delivery, 'at'> & Record<Step, number | null>;

const rowsAtOnce = 500;
/** Devices of one task that are looked up by themselves. */
const manyOfTask = 50;
const columns = steps.map((step) => `${step}_at`);
const fillColumns = columns.map((at) => `${at} = COALESCE(${at}, VALUES(${at}))`);
const select = `SELECT app_id AS app, task_id AS task, cid, ${steps.map((step) => `${step}_at AS ${step}`).join(', ')}
  FROM delivery`;
const insert = `INSERT INTO delivery (app_id, task_id, cid, day, ${columns.join(', ')}) VALUES ?`;

/**
 * Notes the steps that are new, and counts them in their tasks. What was noted first stays.
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
    (task.isNew ? ofDay.fresh : ofDay.perhapsKnown).push(delivery);
  }
  for (const [day, { fresh, perhapsKnown }] of byDay) {
    for (const some of slices(perhapsKnown, rowsAtOnce)) {
      const known = await knownOf(session, day, some);
      const more: Delivery[] = [];
      for (const delivery of some) {
        const row = known.get(deliveryKey(delivery));
        if (!row) fresh.push(delivery);
        else if (count(delivery, tasks, row)) more.push(delivery);
      }
      if (more.length === 0) continue;
      // The rows are there and locked: none is inserted.
      await session.run(`${insert} ON DUPLICATE KEY UPDATE ${fillColumns.join(', ')}`, [rowsOf(more, day)]);
    }
    for (const some of slices(fresh, rowsAtOnce)) {
      for (const delivery of some) count(delivery, tasks);
      await session.run(insert, [rowsOf(some, day)]);
    }
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

/** @returns whether anything of it is new. */
function count(delivery: Delivery, tasks: ReadonlyMap<string, OpenTask>, known?: DeliveryRow): boolean {
  const { counts } = tasks.get(taskKey(delivery))!;
  let isNew = false;
  for (const step of steps) {
    if (delivery.at[step] === undefined || (known && known[step] !== null)) continue;
    counts[step] = (counts[step] ?? 0) + 1;
    isNew = true;
  }
  return isNew;
}

function rowsOf(deliveries: Delivery[], day: number): SqlValue[][] {
  return deliveries.map(({ app, task, cid, at }) => [app, task, cid, day, ...steps.map((step) => at[step] ?? null)]);
}
