import { decodeLink, decodeMandate, linkDigest, newId, sha256, topicOf } from '@mandate/contracts';
import type { IssueReceived } from '@mandate/schemas';
import type { Message, RawMessage } from './hop';
import { citing, citingOutside, type Outgoing, say } from './say';
import type { SpanFields } from './span-sink';
import { traceIdOf } from './trace-ids';
import { type Hopped, Tracing } from './tracing';

const NOW = 1_750_000_000_000;
const CRM_BYTES = Buffer.from('what a CRM sent');
const topic = topicOf('IssueReceived');
const reader = topic.readers.find((r) => r.service === 'validator') as Hopped['reader'];

const issueValue = (issue_id: string): IssueReceived => ({
  issue_id,
  origin: { source: 'other', source_system: 'desk', reference: 'R-1', submitter: null, tenant: null, received_at: NOW },
  idempotency_key: 'R-1',
  subject: 'Erika Mustermann',
  body: 'call +49 170 1234567',
  payload_digest: sha256(CRM_BYTES),
  hints: { severity: null, capabilities: [], change: null },
  ...{ recurrence_of: null, related_to: null, follows: null, status: 'RECEIVED', received_at: NOW },
});

function received(issueId = newId(NOW)): Outgoing {
  const value = issueValue(issueId);
  const cites = citingOutside(sha256(CRM_BYTES));
  return say({
    ...{ message: 'IssueReceived', key: issueId, value, says: 'RECEIVED', issueId, version: 1 },
    planDigest: null,
    cites,
    now: NOW,
  });
}

/** An outgoing message as a service that trusts it hears it. */
function heard(m: Outgoing, headers: Record<string, string> = {}): Message<unknown> {
  const own = decodeMandate(m.mandate)?.own.link as Buffer;
  const raw: RawMessage = {
    ...{ topic: m.topic, partition: 0, offset: '7', key: m.key, bytes: m.value, brokerTime: NOW },
    headers: Object.fromEntries(Object.entries({ ...m.headers, ...headers }).map(([k, v]) => [k, Buffer.from(v)])),
  };
  const link = decodeLink(own) as Message<unknown>['link'];
  const rest = { cause: null, may: null, approve: null, edge: {} as never, mandate: m.mandate };
  return { ...raw, ...rest, value: issueValue(link.issueId), link, digest: linkDigest(own) };
}

function tracing(service: 'ingestion' | 'validator', ratio: number): { of: Tracing; spans: SpanFields[] } {
  const spans: SpanFields[] = [];
  const sink = { record: (s: { fields: SpanFields }) => void spans.push(s.fields), close: () => Promise.resolve() };
  return { of: new Tracing(service, ratio, sink), spans };
}

const hop = (more: Partial<Hopped>): Hopped => ({
  ...{ topic, reader, handled: [], stopped: [], outgoing: [], startedAt: NOW + 5, endedAt: NOW + 9 },
  ...more,
});
const rowOf = (m: Outgoing) => ({ ...m, partition: 1, headers: JSON.stringify(m.headers) });
const traceparent = (m: Outgoing | undefined): string | undefined => m?.headers['traceparent'];

describe('tracing', () => {
  it('an issue from a CRM, its receipt, and the next taking in are one trace, each under the one before', () => {
    const [ingestion, validator] = [tracing('ingestion', 1), tracing('validator', 1)];
    const record: RawMessage = {
      topic: 'crm.issues.v1',
      partition: 2,
      offset: '3',
      key: Buffer.from('desk/R-1'),
      bytes: CRM_BYTES,
      brokerTime: NOW,
      headers: {},
    };
    const [said] = ingestion.of.stamp([received()], [record]) as [Outgoing];
    ingestion.of.sent([rowOf(said)], NOW + 4);
    ingestion.of.processed(hop({ handled: [record], outgoing: [said] }));
    validator.of.processed(hop({ handled: [heard(said)] }));

    const [send, process] = ingestion.spans as [SpanFields, SpanFields];
    const [next] = validator.spans as [SpanFields];
    expect([process.name, send.name, next.name]).toEqual([
      'process crm.issues.v1',
      'send mandate.issues.v1',
      'process mandate.issues.v1',
    ]);
    expect(new Set([process, send, next].map((s) => s.traceId))).toEqual(new Set([traceIdOf(said.key.toString())]));
    expect([process.parentId, send.parentId, next.parentId]).toEqual([null, process.spanId, send.spanId]);
    expect(next.attributes).toMatchObject({
      'messaging.system': 'kafka',
      'messaging.consumer.group.name': 'mandate.validator',
      'messaging.kafka.offset': 7,
      'mandate.issue.id': said.key.toString(),
      'mandate.message.says': 'RECEIVED',
    });
  });

  it('spans carry ids and words of the protocol: nothing that a message holds', () => {
    const { of, spans } = tracing('validator', 1);
    of.processed(hop({ handled: [heard(received())] }));
    expect(JSON.stringify(spans)).not.toMatch(/Erika|170 1234567|desk|R-1/);
  });

  it('only sampled messages carry a traceparent, and only they have spans', () => {
    const { of, spans } = tracing('ingestion', 0.3);
    const said = of.stamp(
      Array.from({ length: 200 }, () => received()),
      [],
    );
    const marked = said.filter(traceparent);
    expect(marked.length).toBeGreaterThan(20);
    expect(marked.length).toBeLessThan(110);
    of.sent(said.map(rowOf), NOW);
    expect(spans.map((s) => s.traceId).sort()).toEqual(marked.map((m) => traceIdOf(m.key.toString())).sort());
  });

  it('a sampled parent is followed, whatever the own ratio says', () => {
    const said = received();
    const [marked] = tracing('ingestion', 1).of.stamp([said], []);
    const { of, spans } = tracing('validator', Number.MIN_VALUE);
    const cause = heard(marked as Outgoing);
    const answer = say({
      ...{
        message: 'IssueReceived',
        key: said.key.toString(),
        value: issueValue(said.key.toString()),
        says: 'RECEIVED',
      },
      ...{ issueId: said.key.toString(), version: 2, planDigest: null, cites: citing(cause), now: NOW },
    });
    of.processed(hop({ handled: [cause] }));
    expect(spans).toHaveLength(1);
    expect(traceparent(of.stamp([answer], [cause])[0])).toMatch(/^00-/);
    expect(traceparent(of.stamp([answer], [heard(said)])[0])).toBeUndefined();
  });

  it('a traceparent that lies counts for nothing: of another trace or span, in another form, or huge', () => {
    const said = received();
    const good = traceparent(tracing('ingestion', 1).of.stamp([said], [])[0]) as string;
    const { of, spans } = tracing('validator', Number.MIN_VALUE);
    const other = traceparent(tracing('ingestion', 1).of.stamp([received()], [])[0]) as string;
    const lies = [
      other,
      good.toUpperCase(),
      good.replace(/-01$/, '-00'),
      good.replace(/^00/, 'ff'),
      `${good}-more`,
      '',
      '\u0000',
      'x'.repeat(100_000),
    ];
    for (const lie of lies) of.processed(hop({ handled: [heard(said, { traceparent: lie })] }));
    expect(spans).toHaveLength(0);
    of.processed(hop({ handled: [heard(said, { traceparent: good })] }));
    expect(spans).toHaveLength(1);
  });

  it('what was stopped is a failed span with its code, and its id stays free for a redrive', () => {
    const { of, spans } = tracing('validator', 1);
    const message = heard(received());
    of.processed(hop({ stopped: [{ kind: 'PARKED', message, code: 'BUG', reason: 'Erika could not be read' }] }));
    of.processed(hop({ handled: [message] }));
    const [failed, done] = spans as [SpanFields, SpanFields];
    expect([failed.error, done.error]).toEqual(['BUG', null]);
    expect(failed.spanId).not.toBe(done.spanId);
    expect(JSON.stringify(spans)).not.toContain('Erika');
  });

  it('what failed the authority check is in no trace: it could name any issue', () => {
    const { of, spans } = tracing('validator', 1);
    const { link: _, ...forged } = heard(received());
    of.processed(hop({ stopped: [{ kind: 'SET_ASIDE', message: forged, code: 'BAD_SIGNATURE', reason: '' }] }));
    expect(spans).toHaveLength(0);
  });

  it('an issue over HTTP begins with its receipt', () => {
    const { of, spans } = tracing('ingestion', 1);
    of.received([received()], NOW, NOW + 3);
    expect(spans).toMatchObject([{ name: 'receive over HTTP', parentId: null, endedAt: NOW + 3 }]);
  });

  it('dead letters and what is about no issue are in no trace', () => {
    const { of, spans } = tracing('ingestion', 1);
    const dead: Outgoing = {
      topic: 'mandate.dead-letters.ingestion.v1',
      key: Buffer.from('k'),
      value: Buffer.alloc(0),
      mandate: Buffer.alloc(0),
      headers: {},
    };
    expect(of.stamp([dead], [])).toEqual([dead]);
    of.sent([rowOf(dead)], NOW);
    expect(spans).toHaveLength(0);
  });
});
