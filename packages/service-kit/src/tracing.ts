import { randomBytes } from 'node:crypto';
import {
  decodeLink,
  decodeMandate,
  groupId,
  type Link,
  linkDigest,
  ownLink,
  type Reader,
  type Service,
  sha256,
  TOPICS,
  type Topic,
} from '@mandate/contracts';
import type { Attributes } from '@opentelemetry/api';
import type { Message, RawMessage } from './hop';
import type { Stopped } from './parking';
import type { Outgoing } from './say';
import { FinishedSpan, KIND, type SpanSink } from './span-sink';
import { isInRatio, isOfIssue, SpanIds, sendSpanId, TRACEPARENT_HEADER, traceIdOf, traceparentOf } from './trace-ids';

/** One chunk of records that went through a hop. */
export interface Hopped {
  readonly topic: Topic;
  readonly reader: Reader;
  readonly handled: readonly RawMessage[];
  readonly stopped: readonly Stopped[];
  readonly outgoing: readonly Outgoing[];
  readonly startedAt: number;
  readonly endedAt: number;
}

/** An outbox row that the broker has. */
export interface SentRow {
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer;
  readonly mandate: Buffer | null;
  readonly headers: string;
}

const NO_TRACE = '0'.repeat(32);
const KEYED_BY_CONTRACT = new Set(TOPICS.filter((t) => t.key === 'contract').map((t) => t.name));

/**
 * The spans of one service: one for each message it said, one for each it took in. They are made after the effect is
 * committed and published, of what the hop knows anyway; where tracing is off there is no Tracing, and nothing is done.
 * Headers give it no power: what is traced is told by links, a `traceparent` only asks that its trace be sampled.
 */
export class Tracing {
  private readonly ids: SpanIds;

  constructor(
    private readonly service: Service,
    /** Of all issues; the same in every service, so that a trace is whole. */
    private readonly ratio: number,
    private readonly sink: SpanSink,
  ) {
    this.ids = new SpanIds(service);
  }

  /** Marks outgoing messages of sampled traces. @param heard what they answer: its traces are sampled if it was */
  stamp(outgoing: readonly Outgoing[], heard: readonly RawMessage[]): readonly Outgoing[] {
    const asked = new Set(heard.flatMap((m) => (isLinked(m) && this.isAskedFor(m) ? [traceIdOf(m.link.issueId)] : [])));
    return outgoing.map((m) => {
      const traceId = traceOf(m);
      if (traceId === null || !(asked.has(traceId) || isInRatio(traceId, this.ratio))) return m;
      const traceparent = traceparentOf(traceId, linkDigest(ownLink(m.mandate)));
      return { ...m, headers: { ...m.headers, [TRACEPARENT_HEADER]: traceparent } };
    });
  }

  /** Records what a hop did with each message of a sampled trace. */
  processed(hop: Hopped): void {
    const { handled, stopped } = hop;
    for (const m of handled) if (isLinked(m) && this.isSampled(m)) this.recordProcessed(hop, m, null);
    for (const s of stopped)
      if (isLinked(s.message) && this.isSampled(s.message)) this.recordProcessed(hop, s.message, s.code);
    this.recordFromOutside(hop.outgoing, hop.startedAt, hop.endedAt, handled);
  }

  /** Records what came over HTTP and was said on. */
  received(outgoing: readonly Outgoing[], startedAt: number, endedAt: number): void {
    this.recordFromOutside(outgoing, startedAt, endedAt, []);
  }

  /** Records messages of sampled traces as sent. */
  sent(rows: readonly SentRow[], endedAt: number): void {
    for (const row of rows) {
      if (!row.mandate || !row.headers.includes(TRACEPARENT_HEADER)) continue;
      const mandate = decodeMandate(row.mandate);
      const own = mandate && decodeLink(mandate.own.link);
      if (!mandate || !own) continue;
      this.sink.record(
        new FinishedSpan({
          name: `send ${row.topic}`,
          kind: KIND.producer,
          traceId: traceIdOf(own.issueId),
          spanId: sendSpanId(linkDigest(mandate.own.link)),
          parentId: this.ids.parentOf(own, mandate),
          startedAt: own.time,
          endedAt,
          error: null,
          attributes: {
            ...attributesOf('send', row.topic, row.partition),
            ...sayingOf(own),
            ...contractIn(row.topic, row.key),
          },
        }),
      );
    }
  }

  close(): Promise<void> {
    return this.sink.close();
  }

  private recordProcessed(hop: Hopped, m: Message<unknown>, error: string | null): void {
    const { topic, reader, startedAt, endedAt } = hop;
    const reading = reader.mode === 'evidence' ? 'evidence' : 'hop';
    this.sink.record(
      new FinishedSpan({
        name: `process ${topic.name}`,
        kind: KIND.consumer,
        traceId: traceIdOf(m.link.issueId),
        // What was stopped may be taken in later, by an operator: that is the span under which things are said.
        spanId: error === null ? this.ids.ofProcessing(m.digest, reading) : randomBytes(8).toString('hex'),
        parentId: sendSpanId(m.digest),
        startedAt,
        endedAt,
        error,
        attributes: {
          ...this.consuming(hop, m),
          ...sayingOf(m.link),
          ...(contractOf(m) ?? contractIn(topic.name, m.key)),
        },
      }),
    );
  }

  /** What came from outside becomes part of a trace only once something about an issue is said on it. */
  private recordFromOutside(
    outgoing: readonly Outgoing[],
    startedAt: number,
    endedAt: number,
    records: readonly RawMessage[],
  ): void {
    const done = new Set<string>();
    for (const m of outgoing) {
      const traceId = traceOf(m);
      if (traceId === null || !isInRatio(traceId, this.ratio)) continue;
      const mandate = decodeMandate(m.mandate);
      const own = mandate && decodeLink(mandate.own.link);
      if (!mandate || !own || !this.ids.isFromOutside(own, mandate)) continue;
      const spanId = this.ids.ofProcessing(own.causeDigest);
      if (done.has(traceId + spanId)) continue;
      done.add(traceId + spanId);
      const record = records.find((r) => sha256(r.bytes).equals(own.causeDigest));
      this.sink.record(
        new FinishedSpan({
          name: record ? `process ${record.topic}` : 'receive over HTTP',
          kind: record ? KIND.consumer : KIND.server,
          ...{ traceId, spanId, parentId: null, startedAt, endedAt, error: null },
          attributes: {
            'mandate.issue.id': own.issueId,
            ...(record ? this.consuming({ reader: { mode: 'decide' }, handled: records }, record) : {}),
          },
        }),
      );
    }
  }

  private consuming(hop: { reader: Pick<Reader, 'mode'>; handled: Hopped['handled'] }, m: RawMessage): Attributes {
    return {
      ...attributesOf('process', m.topic, m.partition),
      'messaging.consumer.group.name': groupId(this.service, hop.reader.mode === 'decide' ? 'decide' : 'facts'),
      'messaging.kafka.offset': Number(m.offset),
      'messaging.batch.message_count': hop.handled.length,
      'mandate.mode': hop.reader.mode,
    };
  }

  private isSampled(m: Message<unknown>): boolean {
    return isOfIssue(m.link) && (isInRatio(traceIdOf(m.link.issueId), this.ratio) || this.isAskedFor(m));
  }

  /** The header is the one that the message's own link leads to, or it counts for nothing. */
  private isAskedFor(m: Message<unknown>): boolean {
    const header = m.headers[TRACEPARENT_HEADER];
    return (
      header !== undefined &&
      isOfIssue(m.link) &&
      header.toString('latin1') === traceparentOf(traceIdOf(m.link.issueId), m.digest)
    );
  }
}

/** The trace of an outgoing message; null for what is about no issue. */
function traceOf({ mandate }: Outgoing): string | null {
  if (mandate.length === 0) return null;
  const traceId = ownLink(mandate).toString('hex', 20, 36);
  return traceId === NO_TRACE ? null : traceId;
}

/** The message passed the authority check: what its link says can be told. */
function isLinked(m: RawMessage): m is Message<unknown> {
  return 'link' in m;
}

function attributesOf(operation: 'process' | 'send', topic: string, partition: number): Attributes {
  return {
    'messaging.system': 'kafka',
    'messaging.operation.type': operation,
    'messaging.operation.name': operation,
    'messaging.destination.name': topic,
    'messaging.destination.partition.id': String(partition),
  };
}

function sayingOf(link: Link): Attributes {
  return {
    'mandate.issue.id': link.issueId,
    'mandate.message.type': link.type,
    'mandate.message.says': link.says,
    'mandate.message.version': link.version,
  };
}

function contractOf(m: Message<unknown>): Attributes | null {
  const { contract_id } = m.value as { contract_id?: unknown };
  return typeof contract_id === 'string' ? { 'mandate.contract.id': contract_id } : null;
}

function contractIn(topic: string, key: Buffer): Attributes {
  return KEYED_BY_CONTRACT.has(topic) ? { 'mandate.contract.id': key.toString() } : {};
}
