import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { dayOf } from '../../common/protocol/task-ids.ts';
import { uniqueId } from '../../common/unique-id.ts';
import { busy, invalid } from './faults.ts';

/** A request_id and who works on it. */
export interface ReservedId {
  app: string;
  requestId: string;
  owner: string;
}

export interface Reservation {
  state: 'mine' | 'running' | 'done';
  /** UTC day of the first reservation, MMDD. */
  day: string;
  answer?: string;
  /** Of the body that the request_id was first sent with; undefined where that is not known. */
  mark?: string;
}

/** Told of each request that was done before, and whether it was another one by its body. */
export type OnRepeat = (requestId: string, differs: boolean) => void;

/** Where request ids are reserved for 24 h. None of these throws; `reserve` answers undefined when there is no knowing. */
export interface Reservations {
  reserve(id: ReservedId, day: string): Promise<Reservation | undefined>;
  settle(id: ReservedId, answer: string): Promise<void>;
  release(id: ReservedId): Promise<void>;
}

/** A request that is this one's to do, with the day that its task's id is made of. */
export interface Due<Item> {
  item: Item;
  day: string;
}

export interface OnceOptions<Item extends { requestId: string }, Answer> {
  reservations: Reservations;
  app: string;
  instance: string;
  now: () => number;
  /** Resolves when the request is let in: nothing is done or answered before. */
  admitted: Promise<void>;
  /** How long to wait for requests that others work on. */
  waitMs: number;
  items: Item[];
  /** What upstreams sent for each item: another body under the same request_id is told of. */
  bodies: unknown[];
  onRepeat: OnRepeat;
  /** Whether a kept answer is one of this call; all are if nothing is said. */
  fits?: (answer: unknown) => boolean;
  /** Does what is due, all or nothing; answers one JSON value an item. */
  work: (due: Due<Item>[]) => Promise<Answer[]>;
}

const firstPollMs = 40;
const slowestPollMs = 400;

/**
 * Does each request once, whoever else does the same one elsewhere, and answers what was answered the first time. Where
 * request ids can't be reserved the work is done: it makes the same tasks, whose copies are recognised further on.
 *
 * @throws what `admitted` rejects with and what `work` throws, with the request ids given back; ApiFault `busy` if another is at work for too long; `parameter`
 * if a request_id was used for another kind of request.
 */
export async function doOnce<Item extends { requestId: string }, Answer>(
  options: OnceOptions<Item, Answer>,
): Promise<Answer[]> {
  const { reservations, app, items, now } = options;
  const marks = options.bodies.map(markOf);
  const owners = marks.map((mark) => ownerOf(options.instance, mark));
  const idOf = (index: number): ReservedId => {
    return { app, requestId: items[index]!.requestId, owner: owners[index]! };
  };
  const answers = new Array<Answer>(items.length);
  const end = performance.now() + options.waitMs;
  let open = [...items.keys()];
  for (let pollMs = firstPollMs; ; pollMs = Math.min(slowestPollMs, pollMs * 1.5)) {
    const today = dayOf(now());
    const reserved = open.map((index) => reservations.reserve(idOf(index), today));
    const given = reserved.length === 1 ? [await reserved[0]] : await Promise.all(reserved);
    try {
      await options.admitted;
    } catch (error) {
      const held = open.filter((_index, position) => given[position]?.state === 'mine');
      await Promise.all(held.map((index) => reservations.release(idOf(index))));
      throw error;
    }
    const due: { index: number; day: string; reserved: boolean }[] = [];
    const running: number[] = [];
    let strange = false;
    for (const [position, index] of open.entries()) {
      const reservation = given[position];
      if (reservation?.state === 'running') running.push(index);
      else if (reservation?.state === 'done') {
        answers[index] = JSON.parse(reservation.answer ?? 'null') as Answer;
        options.onRepeat(items[index]!.requestId, reservation.mark !== undefined && reservation.mark !== marks[index]);
        strange ||= options.fits?.(answers[index]) === false;
      } else due.push({ index, day: reservation?.day ?? today, reserved: reservation !== undefined });
    }
    if (due.length > 0 || strange) {
      const held = due.filter(({ reserved }) => reserved);
      let made: Answer[];
      try {
        if (strange) throw invalid('request_id');
        made = await options.work(due.map(({ index, day }) => ({ item: items[index]!, day })));
      } catch (error) {
        await Promise.all(held.map(({ index }) => reservations.release(idOf(index))));
        throw error;
      }
      for (const [position, { index }] of due.entries()) answers[index] = made[position]!;
      // Nobody waits for it: until it is settled, a repeat sees it running and asks again.
      for (const { index } of held) void reservations.settle(idOf(index), JSON.stringify(answers[index]));
    }
    open = running;
    if (open.length === 0) return answers;
    if (performance.now() + pollMs > end) throw busy();
    await sleep(pollMs);
  }
}

/** A name for whoever works on a request whose body has this mark: no two have the same. */
export function ownerOf(instance: string, mark: string): string {
  return `${instance.slice(0, 32)}:${uniqueId()}:${mark}`;
}

/** Eight hex digits that tell bodies apart, not safe from whoever wants two with the same. */
export function markOf(body: unknown): string {
  return hash('sha1', JSON.stringify(body)).slice(0, 8);
}
