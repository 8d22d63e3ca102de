import Type from 'typebox';
import { batchCall } from '../rpc/contract.ts';
import { TaskId, TimeMs } from './ids.ts';

export const stopCalls = {
  /** Takes the messages of tasks back: from now to `until`, their longest life, nothing of them is stored, read or offered. */
  stopTasks: batchCall(Type.Object({ task: TaskId, until: TimeMs }), Type.Object({})),
};
