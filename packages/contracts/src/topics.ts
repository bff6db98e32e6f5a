import type { MessageName } from '@mandate/schemas';
import { type LinkedName, SERVICES, type Service } from './authority';

/**
 * How a service reads a topic. `decide`: each message once, in order per key, parked on failure. `project`: reference
 * state, the higher version wins, nothing is held. `evidence`: the auditor's record of everything.
 */
export type ReadMode = 'decide' | 'project' | 'evidence';

export interface Reader {
  readonly service: Service;
  readonly mode: ReadMode;
  /** Which of the topic's messages it handles; all of them if left out. */
  readonly messages?: readonly LinkedName[];
}

export interface Topic {
  readonly name: string;
  readonly messages: readonly MessageName[];
  readonly writer: Service | 'crm';
  readonly readers: readonly Reader[];
  readonly key: 'issue' | 'contract' | 'capability' | 'scope' | 'reference' | 'service';
  readonly keptMs: number | 'for ever' | 'compacted';
  readonly isSinglePartition?: boolean;
  /** Largest value in bytes that a consumer looks at; larger ones are set aside or refused unread. */
  readonly valueBytesMax: number;
}

const DAY_MS = 86_400_000;
const decide = (service: Service, ...messages: LinkedName[]): Reader =>
  messages.length ? { service, mode: 'decide', messages } : { service, mode: 'decide' };
const project = (service: Service): Reader => ({ service, mode: 'project' });
const evidence: Reader = { service: 'auditor', mode: 'evidence' };

/** The topic table (spec 1-workflow §2). One writer per topic (CHAIN-001); ACLs, handlers and docs derive from it. */
export const TOPICS: readonly Topic[] = [
  {
    name: 'crm.issues.v1',
    messages: ['CrmIssue'],
    writer: 'crm',
    readers: [decide('ingestion')],
    key: 'reference',
    keptMs: 7 * DAY_MS,
    valueBytesMax: 262_144,
  },
  {
    name: 'crm.updates.v1',
    messages: ['CrmUpdate'],
    writer: 'ingestion',
    readers: [],
    key: 'reference',
    keptMs: 7 * DAY_MS,
    valueBytesMax: 262_144,
  },
  {
    name: 'mandate.issues.v1',
    messages: ['IssueReceived'],
    writer: 'ingestion',
    readers: [decide('validator'), project('review'), evidence],
    key: 'issue',
    keptMs: 90 * DAY_MS,
    valueBytesMax: 524_288,
  },
  {
    name: 'mandate.clarifications.v1',
    messages: ['ClarificationReceived', 'CancellationReceived'],
    writer: 'ingestion',
    readers: [decide('review', 'ClarificationReceived'), decide('contract', 'CancellationReceived'), evidence],
    key: 'contract',
    keptMs: 90 * DAY_MS,
    valueBytesMax: 262_144,
  },
  {
    name: 'mandate.proposals.v1',
    messages: ['ProposalMade'],
    writer: 'validator',
    readers: [decide('eligibility'), project('review'), evidence],
    key: 'issue',
    keptMs: 90 * DAY_MS,
    valueBytesMax: 524_288,
  },
  {
    name: 'mandate.verdicts.v1',
    messages: ['EligibilityJudged'],
    writer: 'eligibility',
    readers: [decide('contract'), project('review'), decide('ingestion'), evidence],
    key: 'issue',
    keptMs: 90 * DAY_MS,
    valueBytesMax: 786_432,
  },
  {
    name: 'mandate.contracts.v1',
    messages: ['ContractChanged'],
    writer: 'contract',
    readers: [
      project('review'),
      decide('executor'),
      decide('validator'),
      project('eligibility'),
      project('health'),
      decide('ingestion'),
      evidence,
    ],
    key: 'contract',
    keptMs: 'for ever',
    valueBytesMax: 1_000_000,
  },
  {
    name: 'mandate.reviews.v1',
    messages: ['ReviewDecided'],
    writer: 'review',
    readers: [decide('contract'), decide('auditor'), evidence],
    key: 'contract',
    keptMs: 'for ever',
    valueBytesMax: 524_288,
  },
  {
    name: 'mandate.jobs.v1',
    messages: ['JobChanged'],
    writer: 'executor',
    readers: [decide('health'), decide('contract'), project('review'), evidence],
    key: 'contract',
    keptMs: 'for ever',
    valueBytesMax: 1_000_000,
  },
  {
    name: 'mandate.capabilities.v1',
    messages: ['CapabilityChanged'],
    writer: 'executor',
    readers: [
      project('validator'),
      project('eligibility'),
      project('contract'),
      project('review'),
      project('health'),
      evidence,
    ],
    key: 'capability',
    keptMs: 'for ever',
    isSinglePartition: true,
    valueBytesMax: 524_288,
  },
  {
    name: 'mandate.health.v1',
    messages: ['HealthChanged'],
    writer: 'health',
    readers: [project('eligibility'), project('contract'), project('review'), project('executor'), evidence],
    key: 'scope',
    keptMs: 'compacted',
    isSinglePartition: true,
    valueBytesMax: 524_288,
  },
  {
    name: 'mandate.evaluations.v1',
    messages: ['JobEvaluated'],
    writer: 'health',
    readers: [decide('auditor'), project('review'), evidence],
    key: 'contract',
    keptMs: 'for ever',
    valueBytesMax: 524_288,
  },
  {
    name: 'mandate.audits.v1',
    messages: ['AuditConcluded'],
    writer: 'auditor',
    readers: [decide('contract'), project('review'), evidence],
    key: 'contract',
    keptMs: 'for ever',
    valueBytesMax: 524_288,
  },
  {
    name: 'mandate.incidents.v1',
    messages: ['IncidentChanged'],
    writer: 'contract',
    readers: [project('review'), decide('ingestion'), evidence],
    key: 'contract',
    keptMs: 'for ever',
    valueBytesMax: 262_144,
  },
  // What operators did at a service (AM-18), told by that service: one topic each, since a topic has one writer.
  ...SERVICES.map(
    (service): Topic => ({
      name: `mandate.operators.${service}.v1`,
      messages: ['OperatorActed'],
      writer: service,
      readers: [evidence],
      key: 'service',
      keptMs: 'for ever',
      isSinglePartition: true,
      valueBytesMax: 65_536,
    }),
  ),
];

/** The topic that carries a message type; `writer` tells which, where each service has one. */
export function topicOf(message: MessageName, writer?: Service): Topic {
  const topic = TOPICS.find((t) => t.messages.includes(message) && (writer === undefined || t.writer === writer));
  if (!topic) throw new TypeError(`no topic carries ${message}`);
  return topic;
}

/** A service's dead-letter topic; operators read it. */
export function deadLetterTopic(service: Service): string {
  return `mandate.dead-letters.${service}.v1`;
}

/** What a service reads: each topic with the messages it handles there. An evidence and a deciding reader may coexist. */
export function readingsOf(service: Service): readonly { readonly topic: Topic; readonly reader: Reader }[] {
  return TOPICS.flatMap((topic) =>
    topic.readers.filter((r) => r.service === service).map((reader) => ({ topic, reader })),
  );
}

/** Consumer group of a service: the deciding one, or the one of its reference data. Group ids carry no suffix of a library. */
export function groupId(service: Service, kind: 'decide' | 'facts'): string {
  return kind === 'decide' ? `mandate.${service}` : `mandate.${service}.facts`;
}

export interface KafkaTopic {
  readonly name: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

/** Topics as the broker is to have them. `partitions` is for all but the single-partition ones. */
export function kafkaTopics(partitions: number): readonly KafkaTopic[] {
  const configOf = (t: Topic): Record<string, string> => ({
    'cleanup.policy': t.keptMs === 'compacted' ? 'compact' : 'delete',
    ...(typeof t.keptMs === 'number' ? { 'retention.ms': String(t.keptMs) } : { 'retention.ms': '-1' }),
    'max.message.bytes': String(t.valueBytesMax + 65_536),
    ...(t.name === 'crm.issues.v1'
      ? { 'message.timestamp.type': 'LogAppendTime', 'compression.type': 'uncompressed' }
      : {}),
  });
  return [
    ...TOPICS.map((t) => ({ name: t.name, partitions: t.isSinglePartition ? 1 : partitions, config: configOf(t) })),
    ...SERVICES.map((s) => ({
      name: deadLetterTopic(s),
      partitions: 1,
      config: { 'cleanup.policy': 'delete', 'retention.ms': String(30 * DAY_MS) },
    })),
  ];
}

export interface KafkaAcl {
  readonly principal: string;
  readonly resourceType: 'TOPIC' | 'GROUP';
  readonly name: string;
  readonly patternType: 'LITERAL' | 'PREFIXED';
  readonly operation: 'READ' | 'WRITE' | 'DESCRIBE';
}

/**
 * Broker permissions, derived from the table (CHAIN-001). Besides the eight services: `crm` (publishes issues, reads
 * updates) and `observer` (reads everything, for operators and tests).
 */
export function kafkaAcls(): readonly KafkaAcl[] {
  const topic = (principal: string, name: string, operation: 'READ' | 'WRITE'): KafkaAcl[] =>
    [operation, 'DESCRIBE' as const].map((o) => ({
      principal,
      resourceType: 'TOPIC',
      name,
      patternType: 'LITERAL',
      operation: o,
    }));
  const group = (principal: string, name: string): KafkaAcl[] =>
    (['READ', 'DESCRIBE'] as const).map((operation) => ({
      principal,
      resourceType: 'GROUP',
      name,
      patternType: 'PREFIXED',
      operation,
    }));
  const all = [
    ...TOPICS.flatMap((t) => topic(t.writer, t.name, 'WRITE')),
    ...TOPICS.flatMap((t) => [...new Set(t.readers.map((r) => r.service))].flatMap((s) => topic(s, t.name, 'READ'))),
    ...SERVICES.flatMap((s) => [...topic(s, deadLetterTopic(s), 'WRITE'), ...group(s, `mandate.${s}`)]),
    ...topic('crm', 'crm.updates.v1', 'READ'),
    ...group('crm', 'crm.'),
    ...[...TOPICS.map((t) => t.name), ...SERVICES.map(deadLetterTopic)].flatMap((n) => topic('observer', n, 'READ')),
    ...group('observer', 'observer.'),
  ];
  return [...new Map(all.map((a) => [JSON.stringify(a), a])).values()];
}
