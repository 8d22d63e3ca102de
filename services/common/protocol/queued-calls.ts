import Type from 'typebox';
import { batchCall } from '../rpc/contract.ts';
import { Cid, TaskId, TimeMs } from './ids.ts';

export const queuedCalls = {
  /**
   * Whether a task still waits in the queue of a device, as far as its view is whole (else it is taken to wait), and
   * whether it was stopped. `exp` is the task's.
   */
  queued: batchCall(
    Type.Object({ cid: Cid, task: TaskId, exp: TimeMs }),
    Type.Object({ queued: Type.Boolean(), stopped: Type.Boolean() }),
    1_000,
  ),
};
