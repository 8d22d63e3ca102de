/**
 * What is recorded of a push:
 * - `accept`: from the request, let in and new, until the bus has its message. The root of the trace.
 * - `list`: devices named for a message that was accepted before.
 * - `plan`: its targets are found and written as route records.
 * - `route`: stored in its devices' queues and handed to their nodes.
 * - `log`: a push to a whole app is put into the app's log.
 * - `write`: a push to a whole app is written to this node's devices.
 * - `deliver`: from the socket that it is written to, to the device's ack.
 */
export type SpanName = 'accept' | 'list' | 'plan' | 'route' | 'log' | 'write' | 'deliver';

/** Of a span; counts and ids alone, never what a message says. */
export type SpanAttributes = Record<string, string | number>;

/** Where spans of pushes go. Undefined where tracing is off. Nothing here throws or waits. */
export interface PushTraces {
  /** Whether pushes of this task are recorded: one decision in every role. */
  samples(task: string): boolean;
  /** Records what has just ended. @param startMs when it began, ms since the Unix epoch. */
  record(name: SpanName, task: string, startMs: number, attributes?: SpanAttributes): void;
}
