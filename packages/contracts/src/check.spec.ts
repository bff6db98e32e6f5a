import {
  EDGES,
  edgesBetween,
  LINKED,
  type LinkedName,
  requiredPermits,
  type Says,
  type Service,
  WORDS,
} from './authority';
import { AuthorityViolation, checkAuthority, type ViolationCode } from './check';
import { encodeLink, type Link, linkDigest, ZERO_DIGEST } from './link';
import { decodeMandate, encodeMandate } from './mandate-header';
import { sha256 } from './plan';
import {
  type Bend,
  causesOf,
  linkOf,
  OTHER_CONTRACT,
  OTHER_ISSUE,
  OTHER_PLAN,
  type Record,
  recordOf,
  writerOf,
} from './testing/saying';
import { topicOf } from './topics';

type Word = { readonly type: LinkedName; readonly says: Says };
const everyWord: readonly Word[] = LINKED.flatMap((type) => WORDS[type].says.map((says) => ({ type, says })));

const check = ({ topic, key, value, header }: Record) => checkAuthority(topic, key, value, header);

/** The code with which a record is refused, or `passes`. */
function outcome(record: Record): ViolationCode | 'passes' {
  try {
    check(record);
    return 'passes';
  } catch (error) {
    if (error instanceof AuthorityViolation) return error.code;
    throw error;
  }
}
const may: Word = { type: 'EligibilityJudged', says: 'MAY' };
const approve: Word = { type: 'ReviewDecided', says: 'APPROVE' };
const active: Word = { type: 'ContractChanged', says: 'ACTIVE' };
const eligible = (bend: Bend = {}) => recordOf('ContractChanged', 'ELIGIBLE', may, bend);
const job = (bend: Bend = {}) => recordOf('JobChanged', 'JOB_RUNNING', active, bend);
const otherContract = { subject: sha256(OTHER_CONTRACT) };

describe('the authority check passes', () => {
  const edges = EDGES.map(
    (edge) => [`${edge.type} on ${edge.cause}, ${edge.effect ? 'effect' : 'record'}`, edge] as const,
  );

  it.each(edges)('CHAIN-002: %s', (_title, edge) => {
    for (const cause of causesOf(edge)) {
      for (const says of edge.says) {
        const passed = check(recordOf(edge.type, says, cause));
        const [first] = edgesBetween(edge.cause, cause?.says ?? null, edge.type, says);
        expect(passed.edge).toBe(first);
        expect(passed.link).toMatchObject({ type: edge.type, says, writer: writerOf(edge.type) });
        expect(passed.cause?.says).toBe(cause?.says);
        const { own, cause: citedCause, may, approve } = passed.mandate;
        const carried = [own, citedCause, may, approve].flatMap((c) => (c ? [c.link.toString('hex')] : []));
        expect(new Set(passed.cited.map((c) => c.cited.link.toString('hex')))).toEqual(new Set(carried));
        const permits = [...(may ? ['MAY'] : []), ...(approve ? ['APPROVE'] : [])];
        expect(permits).toEqual(expect.arrayContaining([...requiredPermits(edge.type, says)]));
        expect(passed.digest).toEqual(linkDigest(passed.mandate.own.link));
      }
    }
  });

  it('CHAIN-002: a revision drafted on a MODIFY, for another contract and another plan than its parent', () => {
    const modify: Word = { type: 'ReviewDecided', says: 'MODIFY' };
    const bend = { cause: { ...otherContract, planDigest: OTHER_PLAN }, may: { planDigest: OTHER_PLAN } };
    expect(outcome(recordOf('ContractChanged', 'DRAFT', modify, bend))).toBe('passes');
    expect(outcome(recordOf('ContractChanged', 'SUPERSEDED', modify, bend))).toBe('SUBJECT_MISMATCH');
  });
});

describe('the authority check refuses', () => {
  it("CHAIN-001: what a service says of itself on another service's topic", () => {
    const acted = (writer: Service) => recordOf('OperatorActed', 'OPERATED', null, { own: { writer } });
    expect(outcome(acted('ingestion'))).toBe('passes');
    expect(outcome(acted('executor'))).toBe('WRONG_WRITER');
    expect(outcome({ ...acted('executor'), topic: topicOf('OperatorActed', 'executor') })).toBe('passes');
  });

  it('CHAIN-002: what an operator is said to have done that cites no request', () => {
    const bend = { own: { causeDigest: ZERO_DIGEST } };
    expect(outcome(recordOf('OperatorActed', 'OPERATED', null, bend))).toBe('CAUSE_MISMATCH');
  });

  it('CHAIN-002: every citation that is no edge of the table', () => {
    const causes: (Word | null)[] = [...everyWord, null];
    const combinations = causes.flatMap((cause) => everyWord.map((word) => ({ cause, word })));
    const allowed = new Set(
      EDGES.flatMap((e) => causesOf(e).flatMap((c) => e.says.map((s) => `${c?.type} ${c?.says} ${e.type} ${s}`))),
    );
    const forbidden = combinations.filter(
      ({ cause, word }) => !allowed.has(`${cause?.type} ${cause?.says} ${word.type} ${word.says}`),
    );
    expect(forbidden.length).toBe(combinations.length - allowed.size);
    const wrongly = forbidden.filter(({ cause, word }) => outcome(recordOf(word.type, word.says, cause)) !== 'NO_EDGE');
    expect(wrongly).toEqual([]);
  });

  it('CHAIN-002: a MAY_NOT cited as a MAY', () => {
    const mayNot: Word = { type: 'EligibilityJudged', says: 'MAY_NOT' };
    expect(outcome(recordOf('ContractChanged', 'ELIGIBLE', mayNot))).toBe('NO_EDGE');
    expect(outcome(job({ may: { says: 'MAY_NOT' } }))).toBe('PERMIT_MISMATCH');
  });

  it('CHAIN-002: a skipped hop', () => {
    const received: Word = { type: 'IssueReceived', says: 'RECEIVED' };
    expect(outcome(recordOf('EligibilityJudged', 'MAY', received))).toBe('NO_EDGE');
    expect(outcome(recordOf('ContractChanged', 'ACTIVE', may))).toBe('NO_EDGE');
    expect(outcome(recordOf('JobChanged', 'JOB_PENDING', approve))).toBe('NO_EDGE');
  });

  it('PART2-004: a contract COMPLETED on anything but a PASS', () => {
    for (const says of ['FAIL', 'INCONCLUSIVE', 'ROLLBACK_PASS'] as const) {
      expect(outcome(recordOf('ContractChanged', 'COMPLETED', { type: 'AuditConcluded', says }))).toBe('NO_EDGE');
    }
  });

  it.each<[string, ViolationCode, Record]>([
    ['an altered value', 'VALUE_ALTERED', { ...job(), value: Buffer.from('{"limit":9999}') }],
    ['another record key', 'WRONG_SUBJECT', { ...job(), key: Buffer.from(OTHER_CONTRACT) }],
    ['no record key', 'WRONG_SUBJECT', { ...job(), key: null as never }],
    ['no header', 'NO_MANDATE', { ...job(), header: undefined as never }],
    ['bytes that are no header', 'MALFORMED_MANDATE', { ...job(), header: Buffer.from('mandate') }],
    ['a message on another topic', 'WRONG_TOPIC', { ...job(), topic: topicOf('AuditConcluded') }],
    ['a message of another writer', 'WRONG_WRITER', job({ own: { writer: 'contract' } })],
    ["a meaning of another message's", 'SAYS_NOT_ALLOWED', job({ own: { says: 'PASS' } })],
    ['a cause of another issue', 'ISSUE_MISMATCH', job({ cause: { issueId: OTHER_ISSUE } })],
    ['a cause of another contract', 'SUBJECT_MISMATCH', job({ cause: otherContract })],
    ['a plan swapped after its cause', 'PLAN_MISMATCH', job({ own: { planDigest: OTHER_PLAN } })],
    ['a plan swapped in cause and message', 'PERMIT_MISMATCH', job(planOf({ own: OTHER_PLAN, cause: OTHER_PLAN }))],
    ['a plan whose APPROVE was for another', 'PERMIT_MISMATCH', job({ approve: { planDigest: OTHER_PLAN } })],
    ['a plan whose MAY was for another', 'PERMIT_MISMATCH', job({ may: { planDigest: OTHER_PLAN } })],
    ["another contract's APPROVE", 'PERMIT_MISMATCH', job({ approve: otherContract })],
    ["another issue's APPROVE", 'PERMIT_MISMATCH', job({ approve: { issueId: OTHER_ISSUE } })],
    ["another issue's MAY", 'PERMIT_MISMATCH', job({ may: { issueId: OTHER_ISSUE } })],
    ['a REJECT shown as APPROVE', 'PERMIT_MISMATCH', job({ approve: { says: 'REJECT' } })],
    ['a missing MAY', 'PERMIT_MISSING', job({ may: 'missing' })],
    ['a missing APPROVE', 'PERMIT_MISSING', job({ approve: 'missing' })],
    ['a contract without its MAY', 'PERMIT_MISSING', eligible({ may: 'missing' })],
    ['a digest of a cause it does not carry', 'CAUSE_MISMATCH', job({ own: { causeDigest: sha256('another') } })],
    [
      'a first hop that cites nothing',
      'CAUSE_MISMATCH',
      recordOf('IssueReceived', 'RECEIVED', null, { own: { causeDigest: ZERO_DIGEST } }),
    ],
    [
      'health that cites something',
      'CAUSE_MISMATCH',
      recordOf('HealthChanged', 'HEALTHY', null, { own: { causeDigest: sha256('x') } }),
    ],
    [
      'health that claims an issue',
      'ISSUE_MISMATCH',
      recordOf('HealthChanged', 'HEALTHY', null, { own: { issueId: OTHER_ISSUE } }),
    ],
    [
      'a definition that claims an issue',
      'ISSUE_MISMATCH',
      recordOf('CapabilityChanged', 'DEFINED', null, { own: { issueId: OTHER_ISSUE } }),
    ],
    [
      "a change of a capability under another contract's APPROVE",
      'PERMIT_MISMATCH',
      recordOf('CapabilityChanged', 'CHANGED', active, { approve: otherContract }),
    ],
  ])('CHAIN-002: %s as %s', (_what, code, record) => {
    expect(outcome(record)).toBe(code);
  });

  it.each<[string, Bend]>([
    ['a MAY as cause', { cause: { writer: 'contract' } }],
    ['a MAY as permit', { may: { writer: 'contract' } }],
  ])('CHAIN-002: %s that the contract service made and signed itself', (_what, bend) => {
    // The signature of such a link holds: its key is the writer's that it names. What is wrong is the writer.
    expect(outcome(eligible(bend))).toBe('WRONG_WRITER');
  });

  it('CHAIN-002: an APPROVE that the executor made and signed itself', () => {
    expect(outcome(job({ approve: { writer: 'executor' } }))).toBe('WRONG_WRITER');
    expect(outcome(job({ cause: { writer: 'executor' } }))).toBe('WRONG_WRITER');
  });

  it('CHAIN-003: links that cannot be read, wherever they stand in the header', () => {
    const record = job();
    const mandate = decodeMandate(record.header);
    if (!mandate) throw new Error('the honest header can be read');
    const unreadable = { link: Buffer.from(encodeLink(linkOf('JobChanged', 'JOB_DONE'))), proof: null };
    unreadable.link[0] = 9;
    for (const role of ['own', 'cause', 'may', 'approve'] as const) {
      const header = encodeMandate({ ...mandate, [role]: unreadable });
      expect(outcome({ ...record, header })).toBe('MALFORMED_MANDATE');
    }
  });
});

function planOf(digests: { readonly own: Buffer; readonly cause: Buffer }): {
  own: Partial<Link>;
  cause: Partial<Link>;
} {
  return { own: { planDigest: digests.own }, cause: { planDigest: digests.cause } };
}
