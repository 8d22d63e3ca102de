import { partitionOf } from '../common/protocol/positions.ts';
import type {
  EnqueueRequest,
  EnqueueResponse,
  Entry,
  UserRedisCalls,
  ViewState,
} from '../common/protocol/user-redis-calls.ts';
import type { Handlers } from '../common/rpc/contract.ts';
import { bodyStep, bodyTtlMs, isAlone, isPassedOver, rememberedUntil, rememberSteps } from './first-seen.ts';
import type { Keys } from './keys.ts';
import { unpackDevice } from './packed-device.ts';
import { command, type Step, type Store, script } from './store.ts';
import type { Views } from './views.ts';

type QueueHandlers = Pick<Handlers<UserRedisCalls>, 'enqueue' | 'enqueueAll' | 'attach' | 'detach' | 'pull' | 'ack'>;

export interface QueueOptions {
  routePartitions: number;
  /** How long a route lives without being attached again. */
  routeTtlMs: number;
  now: () => number;
  /** A device was known to have finished more than there is. */
  onForgotten?: () => void;
}

type StoredRecord = EnqueueRequest['records'][number];

/** What scripts answer first of a record that the device got at another position. */
const seenBefore = '-';

interface Reference {
  seq: number;
  task: string;
  exp: number;
}

/** Devices' queues: store and route, attach, pull and trim. */
export function queueHandlers(store: Store, keys: Keys, views: Views, options: QueueOptions): QueueHandlers {
  const partitionOfCid = (cid: string): number => partitionOf(cid, options.routePartitions);

  /**
   * Runs a script per device that reads its queue; also answers whether each view was whole before. One that becomes
   * whole only while it is read may lack what is not offered to anybody any more.
   */
  async function read(cids: string[], steps: Step[]): Promise<{ replies: string[][]; before: ViewState[] }> {
    const [marks, ...replies] = await store.run([views.step(cids.map(partitionOfCid)), ...steps]);
    return { replies: replies as string[][], before: views.read(marks) };
  }

  /** Adds bodies to what scripts answered, and whether the views that it came from were whole before and after all was read. */
  async function fill(found: { cid: string; refs: Reference[]; more: boolean }[], before: ViewState[]) {
    const tasks = [...new Set(found.flatMap(({ refs }) => refs.map((ref) => ref.task)))];
    const replies = await store.run([
      ...tasks.map((task) => command('GET', keys.body(task))),
      views.step(found.map(({ cid }) => partitionOfCid(cid))),
    ]);
    const states = views.read(replies[tasks.length]);
    const bodies = new Map(tasks.map((task, index) => [task, replies[index] as string | null]));
    const orphans: Step[] = [];
    const results = found.map(({ cid, refs, more }, index) => {
      const ready = before[index] === 'ready' && states[index] === 'ready';
      const entries: Entry[] = [];
      for (const ref of refs) {
        const body = bodies.get(ref.task);
        if (body) entries.push({ ...ref, body });
        // A whole view without the body: it was taken back. The reference goes too, or it would be read for ever.
        else if (ready) orphans.push(command('ZREM', keys.queue(cid), `${ref.exp}:${ref.task}`));
      }
      return { entries, more, ready };
    });
    if (orphans.length > 0) await store.run(orphans);
    return results;
  }

  /**
   * Which records stand at another position already, or are of a task that was stopped; keeps the bodies of the others, before anything refers to
   * them. Of those that are alone nothing is asked: the step that stores them tells, and keeps the body too where all keys are on one server.
   */
  async function passedOver(records: StoredRecord[], alone: boolean[], now: number): Promise<boolean[]> {
    const steps: Step[] = [];
    const begins: number[] = [];
    for (let index = 0; index < records.length; index++) {
      const record = records[index]!;
      begins.push(steps.length);
      if (!alone[index]) steps.push(...rememberSteps(keys, record, now));
      else if (record.stored && !store.colocated) steps.push(bodyStep(keys, record, now));
    }
    const replied = steps.length === 0 ? [] : await store.run(steps);
    return records.map(
      (record, index) => !alone[index] && isPassedOver(record, replied.slice(begins[index], begins[index + 1])),
    );
  }

  /** Stores a record for one of its devices, as far as it is to be stored, and asks where the device is. */
  function storeStep(record: StoredRecord, cid: string, limit: number | undefined, alone: boolean, now: number): Step {
    const { seq, task, exp, stored, recalls } = record;
    const remembers = record.once || alone;
    const until = alone ? rememberedUntil(record, now) : exp;
    if (!stored && recalls === undefined) {
      if (remembers) return script('once', [keys.device(cid), keys.once(cid, task)], seq, until);
      return command('GET', keys.device(cid));
    }
    const member = stored ? `${exp}:${task}` : '';
    const scriptKeys = [keys.device(cid), keys.queue(cid)];
    const args = [seq, member, exp, recalls ?? '', limit ?? '', until];
    if (remembers) scriptKeys.push(keys.once(cid, task));
    if (alone && stored && store.colocated) {
      scriptKeys.push(keys.body(task));
      args.push(record.body, bodyTtlMs(exp, now));
    }
    return { script: 'enqueue', keys: scriptKeys, args };
  }

  /** From the reply to that step; null where the device doesn't get the record. */
  function targetOf(reply: string[] | string | null) {
    if (!Array.isArray(reply)) return { prev: 0, route: routeOf(reply) };
    const [prev, device, forgotten] = reply;
    if (forgotten === '1') options.onForgotten?.();
    return prev === undefined || prev === seenBefore ? null : { prev: Number(prev), route: routeOf(device ?? null) };
  }

  /** Stores batches of different partitions. */
  async function enqueueAll(batches: EnqueueRequest[]): Promise<EnqueueResponse[]> {
    const now = options.now();
    const all = batches.length === 1 ? batches[0]!.records : batches.flatMap(({ records }) => records);
    const alone = all.map(isAlone);
    const duplicate = await passedOver(all, alone, now);
    const steps: Step[] = [];
    let index = 0;
    for (const { limit, records } of batches) {
      for (const record of records) {
        if (!duplicate[index]) {
          for (const cid of record.cids) steps.push(storeStep(record, cid, limit, alone[index]!, now));
        }
        index++;
      }
    }
    steps.push(views.step(batches.map(({ partition }) => partition)));
    const replies = await store.run(steps);
    const states = views.read(replies.pop());
    let next = 0;
    const results = all.map((record, index) => {
      if (duplicate[index]) return { duplicate: true, targets: [] };
      const found = replies.slice(next, next + record.cids.length) as (string[] | string | null)[];
      next += record.cids.length;
      if (alone[index] && found[0]?.[0] === seenBefore) return { duplicate: true, targets: [] };
      return { duplicate: false, targets: found.map(targetOf) };
    });
    return batches.map(({ records }, batch) => ({ view: states[batch]!, results: results.splice(0, records.length) }));
  }

  return {
    async enqueue(batch) {
      const [result] = await enqueueAll([batch]);
      return result!;
    },

    async enqueueAll({ items }) {
      return { results: await enqueueAll(items) };
    },

    async attach({ items }) {
      const now = options.now();
      const { replies, before } = await read(
        items.map(({ cid }) => cid),
        items.map(({ cid, route, seq, again, loggedInAt, limit, bseq, tail }) =>
          script(
            'attach',
            [keys.device(cid), keys.queue(cid)],
            ...[
              route.node,
              route.boot,
              route.conn,
              seq,
              again ? 1 : 0,
              loggedInAt,
              options.routeTtlMs,
              limit,
              bseq ?? '',
              tail,
            ],
          ),
        ),
      );
      const refs = replies.map((reply) => references(reply.slice(2)));
      const filled = await fill(
        items.map(({ cid, seq, limit }, index) => {
          const above = refs[index]!.filter((ref) => ref.seq > seq);
          return { cid, refs: above.slice(0, limit).filter((ref) => ref.exp > now), more: above.length > limit };
        }),
        before,
      );
      return {
        results: items.map(({ route, seq }, index) => {
          const device = unpackDevice(replies[index]![1]!);
          const last = device?.route ?? null;
          const same = last?.node === route.node && last.boot === route.boot && last.conn === route.conn;
          return {
            lost: replies[index]![0] === '1',
            ...(device?.blacklisted ? { blacklisted: true as const } : {}),
            ...(device?.attachedAt || device?.blacklisted ? {} : { unknown: true as const }),
            replaced: same ? null : last,
            bseqBefore: device?.bseq ?? null,
            finished: refs[index]!.filter((ref) => ref.seq <= seq).map((ref) => ({ seq: ref.seq, task: ref.task })),
            ...filled[index]!,
          };
        }),
      };
    },

    async pull({ items }) {
      const now = options.now();
      const { replies, before } = await read(
        items.map(({ cid }) => cid),
        items.map(({ cid, after, limit }) => script('pull', [keys.queue(cid)], after, limit, now)),
      );
      return {
        results: await fill(
          items.map(({ cid }, index) => {
            const [more, ...flat] = replies[index]!;
            return { cid, refs: references(flat), more: more === '1' };
          }),
          before,
        ),
      };
    },

    async ack({ items }) {
      await store.run(
        items.map(({ cid, seq }) => script('ack', [keys.device(cid), keys.queue(cid)], seq, options.routeTtlMs)),
      );
      return { results: items.map(() => ({})) };
    },

    async detach({ items }) {
      await store.run(
        items.map(({ cid, route }) => script('detach', [keys.device(cid)], route.node, route.boot, route.conn)),
      );
      return { results: items.map(() => ({})) };
    },
  };
}

function routeOf(packed: string | null) {
  return unpackDevice(packed)?.route ?? null;
}

/** Reads `member, score, …` as the scripts answer it. */
function references(flat: string[]): Reference[] {
  const found: Reference[] = [];
  for (let index = 0; index < flat.length; index += 2) {
    const member = flat[index]!;
    const colon = member.indexOf(':');
    found.push({ seq: Number(flat[index + 1]), exp: Number(member.slice(0, colon)), task: member.slice(colon + 1) });
  }
  return found;
}
