import { maxTagPage } from '../../common/protocol/tag-calls.ts';

/** Of a task with a speed, a page holds what may be sent in this time: small steps keep the speed even. */
const stepMs = 250;

/** Devices of one page of a task. @param speed messages a second, 0: unlimited. */
export function pageLimit(speed: number): number {
  if (speed === 0) return maxTagPage;
  return Math.min(maxTagPage, Math.max(1, Math.round((speed * stepMs) / 1_000)));
}

/** When the next page may be written, ms: once the speed allows what was sent since the beginning. */
export function dueMs(begunMs: number, sent: number, speed: number): number {
  return speed === 0 ? begunMs : begunMs + (sent * 1_000) / speed;
}
