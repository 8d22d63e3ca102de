import type { Lifecycle } from '../../lifecycle.ts';
import type { Logger } from '../../log.ts';
import type { PushTraces } from '../push-traces.ts';
import { type TraceIds, traceIdsOf } from '../trace-ids.ts';

export interface TracingOptions {
  traceRatio: number;
  traceUrl: string;
  productLine: string;
  role: string;
  instance: string;
}

/** Spans that wait for the next export; further ones are dropped. */
const maxQueued = 2_048;
const exportEveryMs = 1_000;
const exportMs = 2_000;
/** How often a receiver that takes no spans is spoken of. */
const faultEveryMs = 60_000;

/**
 * Starts to export spans by OTLP. What can't be exported is dropped, and no push ever waits for it. Answers undefined, with
 * no library loaded, where tracing is off.
 */
export async function startTraces(
  options: TracingOptions,
  lifecycle: Lifecycle,
  log: Logger,
): Promise<PushTraces | undefined> {
  if (options.traceRatio === 0) return undefined;
  const { SpanKind, trace, TraceFlags, ROOT_CONTEXT } = await import('@opentelemetry/api');
  const { BatchSpanProcessor, RandomIdGenerator, SamplingDecision, TracerProvider, TraceIdRatioBasedSampler } =
    await import('@opentelemetry/sdk-trace');
  const { resourceFromAttributes } = await import('@opentelemetry/resources');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const { setGlobalErrorHandler } = await import('@opentelemetry/core');
  setGlobalErrorHandler(oneLineAMinute(log));

  const random = new RandomIdGenerator();
  /** Of the root that is being made: the library asks for its ids within the call. */
  let root: TraceIds | undefined;
  const sampler = new TraceIdRatioBasedSampler(options.traceRatio);
  const provider = new TracerProvider({
    sampler,
    resource: resourceFromAttributes({
      'service.name': `longwire-${options.role}`,
      'service.namespace': options.productLine,
      'service.instance.id': options.instance,
    }),
    idGenerator: {
      generateTraceId: () => root?.traceId ?? random.generateTraceId(),
      generateSpanId: () => root?.rootSpanId ?? random.generateSpanId(),
    },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: options.traceUrl, timeoutMillis: exportMs }),
        maxQueueSize: maxQueued,
        scheduledDelayMillis: exportEveryMs,
        exportTimeoutMillis: exportMs,
      }),
    ],
  });
  lifecycle.onStop('traces', () => provider.shutdown());
  const tracer = provider.getTracer('longwire');
  const sampledIds = (task: string): TraceIds | undefined => {
    const ids = traceIdsOf(task);
    const sampled =
      ids && sampler.shouldSample(ROOT_CONTEXT, ids.traceId).decision === SamplingDecision.RECORD_AND_SAMPLED;
    return sampled ? ids : undefined;
  };
  return {
    samples: (task) => sampledIds(task) !== undefined,
    record(name, task, startMs, attributes) {
      const ids = sampledIds(task);
      if (!ids) return;
      const { traceId, rootSpanId: spanId } = ids;
      const isRoot = name === 'accept';
      const parent = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
      root = isRoot ? ids : undefined;
      const span = tracer.startSpan(
        `push ${name}`,
        {
          startTime: startMs,
          kind: isRoot ? SpanKind.SERVER : SpanKind.INTERNAL,
          attributes: { 'longwire.task': task, ...attributes },
        },
        isRoot ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent),
      );
      root = undefined;
      span.end(Date.now());
    },
  };
}

function oneLineAMinute(log: Logger): (fault: unknown) => void {
  let saidMs = Number.NEGATIVE_INFINITY;
  return (fault) => {
    if (performance.now() - saidMs < faultEveryMs) return;
    saidMs = performance.now();
    const reason = (fault instanceof Error ? fault.message : String(fault)).slice(0, 200);
    log.warn({ reason }, 'spans are not taken, and dropped');
  };
}
