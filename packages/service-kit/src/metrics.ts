import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** A service's metrics in Prometheus format; no ids as labels. */
export class Metrics {
  readonly registry = new Registry();
  readonly consumed = this.counter('mandate_messages_consumed_total', 'Messages handled', ['topic']);
  readonly published = this.counter('mandate_messages_published_total', 'Messages published');
  readonly failures = this.counter('mandate_failures_total', 'Failures by code', ['code']);
  readonly violations = this.counter('mandate_authority_violations_total', 'Messages that failed the authority check', [
    'code',
  ]);
  readonly versionGaps = this.counter('mandate_version_gaps_total', 'Gaps between versions of an aggregate', ['topic']);
  readonly offsetGaps = this.counter('mandate_offset_gaps_total', 'Jumps in the offsets of a partition', ['topic']);
  readonly handlerSeconds = new Histogram({
    name: 'mandate_handler_seconds',
    help: 'Time of one batch in its handler, transaction included',
    labelNames: ['message'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });
  readonly batchSize = new Histogram({
    name: 'mandate_batch_size',
    help: 'Messages in one batch',
    labelNames: ['message'],
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000],
    registers: [this.registry],
  });
  readonly lag = this.gauge('mandate_consumer_lag', 'Messages not yet handled', ['topic', 'partition']);
  readonly oldestAgeMs = this.gauge('mandate_oldest_unprocessed_age_ms', 'Age of the message being handled', ['topic']);
  readonly parkedMessages = this.gauge('mandate_parked_messages', 'Messages parked or set aside', ['kind']);
  readonly parkedKeys = this.gauge('mandate_parked_keys', 'Keys held by parked messages');
  readonly outboxDepth = this.gauge('mandate_outbox_depth', 'Messages waiting to be published');
  readonly timersOverdue = this.gauge('mandate_timers_overdue', 'Timers that are due');

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
  }

  private counter<L extends string>(name: string, help: string, labelNames: L[] = []): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
  private gauge<L extends string>(name: string, help: string, labelNames: L[] = []): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }
}
