import Type, { type Static } from 'typebox';
import { call } from '../rpc/contract.ts';
import { AppId, Cid, TaskId } from './ids.ts';

const Edge = Type.Union([Cid, Type.Null()]);
const Owner = Type.String({ pattern: '^[0-9a-z]{1,32}$' });
const leaseMs = Type.Integer({ minimum: 0, maximum: 60_000 });

/** ok: it is this owner's. lost: somebody else's, or done. stopped: its task was stopped, nothing more is to be planned. */
const Hold = Type.Object({ state: Type.Enum(['ok', 'lost', 'stopped']) });

export const TagJob = Type.Object({
  app: AppId,
  task: TaskId,
  /** The task's record, as JSON text. */
  record: Type.String(),
  /** The page that was written last, or is being written; 0: none yet. */
  page: Type.Integer({ minimum: 0 }),
  /** Its devices are those above `after` (null: from the first on) up to `until` (null: to the last one). */
  after: Edge,
  until: Edge,
});
export type TagJob = Static<typeof TagJob>;

/** How far pushes to tags got. A lease says who goes on; when it runs out, somebody else does, at the same page. */
export const tagJobCalls = {
  /** Makes a job of a task; one that was made before stays as it is. */
  openTagJob: call(
    Type.Object({ app: AppId, task: TaskId, record: Type.String({ maxLength: 200_000 }) }),
    Type.Object({}),
  ),
  /** Takes jobs that nobody works on; also answers those that this owner has already. */
  claimTagJobs: call(
    Type.Object({ owner: Owner, limit: Type.Integer({ minimum: 1, maximum: 100 }), leaseMs }),
    Type.Object({ jobs: Type.Array(TagJob) }),
  ),
  /** Goes from `page` to the next one, which ends at `until`, and renews the lease. The page is to be written after that. */
  advanceTagJob: call(
    Type.Object({ app: AppId, task: TaskId, owner: Owner, page: Type.Integer({ minimum: 0 }), until: Edge, leaseMs }),
    Hold,
  ),
  /** Renews the lease; with `leaseMs` 0 gives it up. */
  holdTagJob: call(Type.Object({ app: AppId, task: TaskId, owner: Owner, leaseMs }), Hold),
  /** Ends the job, if it is this owner's. */
  finishTagJob: call(Type.Object({ app: AppId, task: TaskId, owner: Owner }), Type.Object({})),
};
export type TagJobCalls = typeof tagJobCalls;
