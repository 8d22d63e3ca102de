import { steps } from '../core/implied-events.ts';
import { type Delivery, deliveryKey, taskKey } from '../core/merge-receipts.ts';
import { slices } from '../core/order.ts';
import type { Session, SqlValue } from '../database.ts';
import { type DeliveryTimes, timeColumns } from './delivery-times.ts';
import type { OpenTask } from './tasks.ts';

type DeliveryRow = Pick<Delivery, 'app' | 'task' | 'cid'> & DeliveryTimes;

const rowsAtOnce = 500;
/** Devices of one task that have statements of their own. */
const manyOfTask = 50;
/** Groups of the same times that are told apart: as many large ones as `rowsAtOnce` has room for. */
const mostGroups = 10;
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
    if (!task.isUntouched) ofDay.perhapsKnown.push(delivery);
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
  for (const ofTask of runsOfTask(deliveries)) {
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

/** Inserts rows, or fills what is missing in those that are there. */
async function write(
  session: Session,
  day: number,
  deliveries: Delivery[],
  { fill }: { fill: boolean },
): Promise<void> {
  const single: Delivery[] = [];
  for (const ofTask of runsOfTask(deliveries)) {
    const groups = ofTask.length < manyOfTask ? [ofTask] : byTimes(ofTask);
    for (const group of groups) {
      if (group.length < manyOfTask) single.push(...group);
      else await writeAlike(session, day, group, fill);
    }
  }
  if (single.length === 0) return;
  const columns = columnsOf(single);
  await session.run(
    `INSERT INTO delivery (app_id, task_id, cid, day, ${columns.map(({ name }) => name).join(', ')}) VALUES ?${filling(columns, fill)}`,
    [
      single.map((delivery) => [
        delivery.app,
        delivery.task,
        delivery.cid,
        day,
        ...columns.map(({ of }) => of(delivery)),
      ]),
    ],
  );
}

/** Writes rows that differ by their device alone: the rest is said once, which takes the server two thirds of the time. */
async function writeAlike(session: Session, day: number, deliveries: Delivery[], fill: boolean): Promise<void> {
  const [first] = deliveries as [Delivery];
  const columns = columnsOf([first]);
  await session.run(
    `INSERT INTO delivery (app_id, task_id, cid, day, ${columns.map(({ name }) => name).join(', ')})
     SELECT ?, ?, device, ?${', ?'.repeat(columns.length)} FROM JSON_TABLE(?, '$[*]' COLUMNS (device VARCHAR(32) PATH '$')) devices${filling(columns, fill)}`,
    [
      ...[first.app, first.task, day, ...columns.map(({ of }) => of(first))],
      JSON.stringify(deliveries.map(({ cid }) => cid)),
    ],
  );
}

interface TimeColumn {
  name: string;
  of: (delivery: Delivery) => number | null;
}

/** The times that are written: of the steps, only of those that any of the deliveries has. */
function columnsOf(deliveries: Delivery[]): TimeColumn[] {
  const noted = steps.filter((step) => deliveries.some(({ at }) => at[step] !== undefined));
  return [
    ...noted.map((step): TimeColumn => ({ name: `${step}_at`, of: ({ at }) => at[step] ?? null })),
    { name: 'stored_at', of: ({ storedAt }) => storedAt ?? null },
  ];
}

function filling(columns: TimeColumn[], fill: boolean): string {
  if (!fill) return '';
  return ` ON DUPLICATE KEY UPDATE ${columns.map(({ name }) => `${name} = COALESCE(${name}, VALUES(${name}))`).join(', ')}`;
}

/** Those of one task that stand together. */
function runsOfTask(deliveries: Delivery[]): Delivery[][] {
  const runs: Delivery[][] = [];
  for (const delivery of deliveries) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (last?.task === delivery.task && last.app === delivery.app) run!.push(delivery);
    else runs.push([delivery]);
  }
  return runs;
}

/** Those with the same times together: of the first `mostGroups` times; each other delivery is a group of its own. */
function byTimes(deliveries: Delivery[]): Delivery[][] {
  const groups: Delivery[][] = [];
  const single: Delivery[][] = [];
  for (const delivery of deliveries) {
    const group = groups.find(([first]) => hasSameTimes(first!, delivery));
    if (group) group.push(delivery);
    else if (groups.length < mostGroups) groups.push([delivery]);
    else single.push([delivery]);
  }
  return [...groups, ...single];
}

function hasSameTimes(one: Delivery, other: Delivery): boolean {
  return one.storedAt === other.storedAt && steps.every((step) => one.at[step] === other.at[step]);
}
