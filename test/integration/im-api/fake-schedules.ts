import type { SavedTask } from '../../../services/common/protocol/saved-task-calls.ts';
import type { Schedule } from '../../../services/common/protocol/schedule-calls.ts';
import type { UserMysqlOfApi } from '../../../services/im/api/deps.ts';
import { type ScheduleState, scheduleResultOf } from '../../../services/user-mysql/core/schedule-result.ts';

interface Kept extends Schedule {
  content: string | undefined;
  state: ScheduleState;
}

/** Scheduled tasks in memory; nothing runs them but a test. */
export class FakeSchedules {
  readonly kept: Kept[] = [];
  /** What cancelling answers, unless nothing is scheduled. */
  outcome: 'cancelled' | 'late' | 'ran' = 'cancelled';
  /** How many calls brought them. */
  saves = 0;
  readonly #check: () => void;
  readonly #isStopped: (key: string) => boolean;

  constructor(check: () => void, isStopped: (key: string) => boolean) {
    this.#check = check;
    this.#isStopped = isStopped;
  }

  saveMessage({ app, task, madeAt = 0, at, exp, content }: SavedTask): void {
    this.#keep({ app, task, part: '', madeAt, dueAt: at, exp, record: '', content, state: 'list' });
  }

  saveSchedules: UserMysqlOfApi['saveSchedules'] = async ({ items }) => {
    this.#check();
    this.saves++;
    for (const item of items) this.#keep({ ...item, content: undefined, state: 'waiting' });
    return { results: items.map(() => ({})) };
  };

  scheduleOf: UserMysqlOfApi['scheduleOf'] = async ({ app, task }) => {
    this.#check();
    const found = this.of(app, task);
    const [first] = found;
    if (!first) return { schedule: null };
    const { madeAt, dueAt, record, content } = first;
    const states = found.map(({ state }) => state);
    const result = scheduleResultOf(states, this.#isStopped(`${app}/${task}`));
    return { schedule: { madeAt, dueAt, result, message: content === undefined ? { record } : { content } } };
  };

  cancelSchedule: UserMysqlOfApi['cancelSchedule'] = async ({ app, task }) => {
    this.#check();
    const found = this.of(app, task);
    if (found.length === 0) return { outcome: 'unknown' };
    if (this.outcome === 'cancelled') for (const one of found) one.state = 'cancelled';
    return { outcome: this.outcome };
  };

  of(app: string, task: string): Kept[] {
    return this.kept.filter((one) => one.app === app && one.task === task);
  }

  #keep(one: Kept): void {
    if (!this.of(one.app, one.task).some(({ part }) => part === one.part)) this.kept.push(one);
  }
}
