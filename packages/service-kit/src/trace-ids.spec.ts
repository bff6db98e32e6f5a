import { encodeLink, type Link, linkDigest, type Mandate, NIL_ID, newId, sha256 } from '@mandate/contracts';
import { isInRatio, SpanIds, sendSpanId, traceIdOf, traceparentOf } from './trace-ids';

const ISSUE = newId(1_750_000_000_000);

const linkOf = (more: Partial<Link>): Link => ({
  writer: 'contract',
  type: 'ContractChanged',
  says: 'ELIGIBLE',
  messageId: newId(1_750_000_000_001),
  issueId: ISSUE,
  subject: sha256('key'),
  version: 1,
  time: 1_750_000_000_001,
  valueDigest: sha256('value'),
  planDigest: sha256('plan'),
  causeDigest: sha256('cause'),
  ...more,
});
const cited = (link: Link) => ({ link: encodeLink(link), proof: null });
const mandateOf = (own: Link, more: Partial<Record<'cause' | 'may' | 'approve', Link>> = {}): Mandate => ({
  own: cited(own),
  cause: more.cause ? cited(more.cause) : null,
  may: more.may ? cited(more.may) : null,
  approve: more.approve ? cited(more.approve) : null,
});
const digestOf = (link: Link): Buffer => linkDigest(encodeLink(link));

describe('ids of traces and spans', () => {
  it('an issue is one trace: its id, whoever asks and whenever', () => {
    expect(traceIdOf(ISSUE)).toMatch(/^[0-9a-f]{32}$/);
    expect(traceIdOf(ISSUE)).toBe(ISSUE.replaceAll('-', ''));
  });

  it('a traceparent has the form of W3C Trace Context', () => {
    const digest = digestOf(linkOf({}));
    expect(traceparentOf(traceIdOf(ISSUE), digest)).toBe(`00-${traceIdOf(ISSUE)}-${sendSpanId(digest)}-01`);
  });

  it('a ratio takes about as many traces as it says, and a larger one takes all of a smaller one', () => {
    const ids = Array.from({ length: 4_000 }, (_, i) => traceIdOf(newId(1_750_000_000_000 + i)));
    const taken = (ratio: number) => ids.filter((id) => isInRatio(id, ratio));
    expect(taken(0)).toHaveLength(0);
    expect(taken(1)).toHaveLength(4_000);
    expect(taken(0.25).length).toBeGreaterThan(800);
    expect(taken(0.25).length).toBeLessThan(1_200);
    expect(taken(0.5)).toEqual(expect.arrayContaining(taken(0.25)));
  });

  it('what a service says on a message it read hangs under its own taking in of that message', () => {
    const executor = new SpanIds('executor');
    const cause = linkOf({ says: 'ACTIVE' });
    const own = linkOf({ writer: 'executor', type: 'JobChanged', says: 'JOB_PENDING' });
    expect(executor.parentOf(own, mandateOf(own, { cause }))).toBe(executor.ofProcessing(digestOf(cause)));
    expect(new SpanIds('health').ofProcessing(digestOf(cause))).not.toBe(executor.ofProcessing(digestOf(cause)));
  });

  it('what a service says on its own earlier message, such as by a timer, hangs under that', () => {
    const cause = linkOf({});
    const own = linkOf({ says: 'EXPIRED', version: 4 });
    expect(new SpanIds('contract').parentOf(own, mandateOf(own, { cause }))).toBe(sendSpanId(digestOf(cause)));
  });

  it('the auditor keeps its record of a message apart from its taking it in', () => {
    const auditor = new SpanIds('auditor');
    const digest = sha256('message');
    expect(auditor.ofProcessing(digest, 'evidence')).not.toBe(auditor.ofProcessing(digest));
  });

  it('a cause about another issue is no parent: the permit of the own issue is', () => {
    const contract = new SpanIds('contract');
    const [cause, may] = [
      linkOf({ issueId: newId(1) }),
      linkOf({ writer: 'eligibility', type: 'EligibilityJudged', says: 'MAY' }),
    ];
    const own = linkOf({});
    expect(contract.parentOf(own, mandateOf(own, { cause, may }))).toBe(contract.ofProcessing(digestOf(may)));
    expect(contract.parentOf(own, mandateOf(own, { cause }))).toBeNull();
  });

  it('what cites bytes from outside hangs under their receipt, and what cites nothing is a root', () => {
    const ingestion = new SpanIds('ingestion');
    const own = linkOf({ writer: 'ingestion', type: 'IssueReceived', says: 'RECEIVED' });
    expect(ingestion.parentOf(own, mandateOf(own))).toBe(ingestion.ofProcessing(own.causeDigest));
    const alone = linkOf({ causeDigest: Buffer.alloc(32), issueId: NIL_ID });
    expect(ingestion.parentOf(alone, mandateOf(alone))).toBeNull();
  });
});
