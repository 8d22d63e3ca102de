/** The trace that a push belongs to, known to every role from the task's id alone: nothing is carried along. */
export interface TraceIds {
  /** 32 hex digits: the last ones of the task's id, so that whoever has that finds the trace. */
  traceId: string;
  /** 16 hex digits: the span that the others are children of, that of its acceptance. */
  rootSpanId: string;
}

const idShape = /^RAS[SLA]_\d{4}_(?:[0-9a-f]{40}|all[0-9a-f]{37})$/;

/** Undefined for what is not the id of a task of ours. */
export function traceIdsOf(task: string): TraceIds | undefined {
  if (!idShape.test(task)) return undefined;
  const traceId = task.slice(-32);
  return { traceId, rootSpanId: traceId.slice(0, 16) };
}

/** Whether a task is of one device or a few: of the others no spans are made per device. */
export function isSingle(task: string): boolean {
  return task.startsWith('RASS_');
}
