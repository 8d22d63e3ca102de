import { maxTagPage } from '../../common/protocol/tag-calls.ts';

/** Of a task with a speed, a page holds what may be sent in this time: small steps keep the speed even. */
const stepMs = 250;

/** Devices of one page of a task. @param speed messages a second, 0: unlimited. @param most without a speed. */
export function pageLimit(speed: number, most: number): number {
  if (speed === 0) return most;
  return Math.min(most, Math.max(1, Math.round((speed * stepMs) / 1_000)));
}

/** Devices of one page at the most: as many as give a record a partition of about `perRecord` devices. */
export function largestPage(partitions: number, perRecord: number): number {
  return Math.min(maxTagPage, partitions * perRecord);
}

/** When the next page may be written, ms: once the speed allows what was sent since the beginning. */
export function dueMs(begunMs: number, sent: number, speed: number): number {
  return speed === 0 ? begunMs : begunMs + (sent * 1_000) / speed;
}
