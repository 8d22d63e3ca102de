import { expect, test } from 'vitest';
import { broadcastTaskId, singleTaskId, taskIdOf } from '../protocol/task-ids.ts';
import { isSingle, traceIdsOf } from './trace-ids.ts';

test('a trace is named by the last 32 digits of the task’s id, its root by the first 16 of these, for every kind of task', () => {
  for (const task of [
    singleTaskId('app', 'r1', '1124'),
    taskIdOf('RASL', 'app', 'r1', '1124'),
    taskIdOf('RASA', 'app', 'r1', '1124'),
    broadcastTaskId('app', 'r1', '1124'),
  ]) {
    const ids = traceIdsOf(task);
    expect(ids?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(task.endsWith(ids!.traceId)).toBe(true);
    expect(ids!.traceId.startsWith(ids!.rootSpanId)).toBe(true);
    expect(ids!.rootSpanId).toHaveLength(16);
  }
});

test('what is not the id of a task of ours has no trace', () => {
  for (const text of ['', 'RASS_1124_', `RASX_1124_${'a'.repeat(40)}`, `RASS_1124_${'A'.repeat(40)}`, 'a'.repeat(32)]) {
    expect(traceIdsOf(text)).toBeUndefined();
  }
});

test('single pushes are told from the others', () => {
  expect(isSingle(singleTaskId('app', 'r1', '1124'))).toBe(true);
  expect(isSingle(broadcastTaskId('app', 'r1', '1124'))).toBe(false);
});
