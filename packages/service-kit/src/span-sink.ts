import type { Service } from '@mandate/contracts';
import type { Attributes, HrTime, Link, SpanContext, SpanStatus } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import type { Counter } from 'prom-client';
import type { Clock } from './clock';

/** OpenTelemetry's kinds of span, by number: its package is loaded only where traces are exported. */
export const KIND = { server: 1, producer: 3, consumer: 4 } as const;
const FAILED: SpanStatus = { code: 2 };
const UNSET: SpanStatus = { code: 0 };
const SCOPE = { name: '@mandate/service-kit' };
const NOTHING: readonly never[] = [];
const SAMPLED = 1;

export interface SpanFields {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | null;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** A code: never a text, which might tell what a message says. */
  readonly error: string | null;
  readonly attributes: Attributes;
}

/** Takes spans that have ended; never waits, never throws. */
export interface SpanSink {
  record(span: FinishedSpan): void;
  /** Exports what is left, as far as that goes in a short time. */
  close(): Promise<void>;
}

/** A span that was over before it was made: no tracer, no context and no callback is needed for it on the way. */
export class FinishedSpan {
  constructor(readonly fields: SpanFields) {}

  /** As the exporter wants it. */
  asReadable(resource: Resource): ReadableSpan {
    const { name, kind, traceId, spanId, parentId, startedAt, error, attributes } = this.fields;
    const endedAt = Math.max(startedAt, this.fields.endedAt);
    const context: SpanContext = { traceId, spanId, traceFlags: SAMPLED };
    return {
      name,
      kind,
      spanContext: () => context,
      ...(parentId === null ? {} : { parentSpanContext: { traceId, spanId: parentId, traceFlags: SAMPLED } }),
      startTime: hrTime(startedAt),
      endTime: hrTime(endedAt),
      duration: hrTime(endedAt - startedAt),
      status: error === null ? UNSET : FAILED,
      attributes: error === null ? attributes : { ...attributes, 'error.type': error },
      links: NOTHING as readonly Link[] as Link[],
      events: NOTHING as readonly never[] as never[],
      ended: true,
      resource,
      instrumentationScope: SCOPE,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  }
}

function hrTime(ms: number): HrTime {
  return [Math.trunc(ms / 1_000), Math.round((ms % 1_000) * 1e6)];
}

export interface SinkOptions {
  /** The receiver's address; `/v1/traces` is appended. */
  readonly endpoint: string;
  readonly service: Service;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counter: Counter<'outcome'>;
}

const WAITING_MAX = 16_384;
const EXPORT_MAX = 2_048;
const EXPORT_EVERY_MS = 1_000;
const EXPORT_TIMEOUT_MS = 10_000;
const CLOSE_MS = 2_000;
const COMPLAIN_EVERY_MS = 60_000;

/**
 * Exports spans over OTLP/HTTP in the background, in batches. What the receiver does not take in time is dropped and
 * counted: tracing never holds a message up. OpenTelemetry's packages are loaded here, by services that export.
 */
export async function otlpSink(options: SinkOptions): Promise<SpanSink> {
  const [{ BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const { endpoint, service, counter } = options;
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
  const resource = resourceFromAttributes({ 'service.namespace': 'mandate', 'service.name': service });
  const exporter = new CountedExporter(new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS }), options);
  const processor = new BatchSpanProcessor({
    exporter,
    maxQueueSize: WAITING_MAX,
    maxExportBatchSize: EXPORT_MAX,
    scheduledDelayMillis: EXPORT_EVERY_MS,
  });
  return {
    record: (span) => {
      if (exporter.waiting >= WAITING_MAX) return counter.inc({ outcome: 'DROPPED' });
      exporter.waiting++;
      processor.onEnd(span.asReadable(resource));
    },
    close: async () => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, CLOSE_MS);
      });
      await Promise.race([processor.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
    },
  };
}

/** Counts what became of the spans, and says once in a while that the receiver does not take them. */
class CountedExporter implements SpanExporter {
  waiting = 0;
  private complainedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly inner: SpanExporter,
    private readonly o: SinkOptions,
  ) {}

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    this.inner.export(spans, (result) => {
      this.waiting -= spans.length;
      const isTaken = result.code === 0;
      this.o.counter.inc({ outcome: isTaken ? 'EXPORTED' : 'FAILED' }, spans.length);
      if (!isTaken) this.complain(spans.length);
      done(result);
    });
  }

  private complain(spans: number): void {
    const now = this.o.clock.now();
    if (now - this.complainedAt < COMPLAIN_EVERY_MS) return;
    this.complainedAt = now;
    const { endpoint, logger } = this.o;
    logger.warn({ endpoint, spans }, 'the receiver of traces does not take spans; they are lost, nothing else is');
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }

  forceFlush(): Promise<void> {
    return this.inner.forceFlush?.() ?? Promise.resolve();
  }
}
