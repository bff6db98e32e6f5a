import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const HANDLER_S = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const HOP_S = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800];
/** From half a second to a week: an issue waits for people, too. */
const SINCE_RECEIPT_S = [0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600, 86_400, 259_200, 604_800];
const READ_MS_MAX = 1_500;
const TOPIC = 'messaging_destination_name';

/**
 * A service's metrics in Prometheus format; no ids as labels. Names are OpenTelemetry's where it has them (messaging,
 * database client); docs/metrics.md lists all, and a test compares it with what running services expose.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly consumed = this.counter('messaging_client_consumed_messages_total', 'Messages handled', [TOPIC]);
  readonly published = this.counter('messaging_client_sent_messages_total', 'Messages published', [TOPIC]);
  readonly handlerSeconds = this.histogram(
    'messaging_process_duration_seconds',
    'Time of one batch in its handler',
    HANDLER_S,
    [TOPIC, 'message'],
  );
  readonly batchSize = this.histogram(
    'mandate_batch_size',
    'Messages in one batch',
    [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000],
    ['message'],
  );
  readonly hopSeconds = this.histogram(
    'mandate_hop_seconds',
    'From the broker having a message to its effect being committed and published',
    HOP_S,
    [TOPIC],
  );
  readonly sinceReceiptSeconds = this.histogram(
    'mandate_since_receipt_seconds',
    'Age of the issue when a message about it is decided on',
    SINCE_RECEIPT_S,
    ['message'],
  );
  readonly failures = this.counter('mandate_failures_total', 'Failures by code', ['code']);
  readonly violations = this.counter('mandate_authority_violations_total', 'Messages that failed the authority check', [
    'code',
  ]);
  readonly versionGaps = this.counter('mandate_version_gaps_total', 'Gaps between versions of an aggregate', ['topic']);
  readonly offsetGaps = this.counter('mandate_offset_gaps_total', 'Jumps in the offsets of a partition', ['topic']);
  private readonly reads: (() => Promise<void>)[] = [];

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
  }

  /** Has gauges filled whenever the metrics are read. What it asks may be away: then they keep what they last said. */
  onRead(read: () => Promise<void>): void {
    this.reads.push(read);
  }

  /** The metrics as text; answers in time even when the database or the broker does not. */
  async read(): Promise<string> {
    await Promise.all(
      this.reads.map((read) => inTime(read(), READ_MS_MAX).catch(() => this.failures.inc({ code: 'METRICS' }))),
    );
    return this.registry.metrics();
  }

  counter<L extends string>(name: string, help: string, labelNames: L[] = []): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  gauge<L extends string>(name: string, help: string, labelNames: L[] = []): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  histogram<L extends string>(name: string, help: string, buckets: number[], labelNames: L[] = []): Histogram<L> {
    return new Histogram({ name, help, buckets, labelNames, registers: [this.registry] });
  }
}

/** Milliseconds since an instant as seconds; 0 when there is none, as PostgreSQL's min() over nothing. */
export function ageSeconds(since: string | number | null | undefined, now: number): number {
  return since === null || since === undefined ? 0 : Math.max(0, now - Number(since)) / 1_000;
}

async function inTime<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
