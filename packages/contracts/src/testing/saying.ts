import { EACH, type Edge, type LinkedName, requiredPermits, type Says, type Service, WORDS } from '../authority';
import { encodeLink, type Link, linkDigest, NIL_ID, ZERO_DIGEST } from '../link';
import { type Cited, encodeMandate, type Proof } from '../mandate-header';
import { sha256 } from '../plan';
import { type Topic, topicOf } from '../topics';

export const ISSUE = '019a0000-0000-7000-8000-000000000001';
export const CONTRACT = '019a0000-0000-7000-8000-000000000002';
export const OTHER_ISSUE = '019a0000-0000-7000-8000-0000000000f1';
export const OTHER_CONTRACT = '019a0000-0000-7000-8000-0000000000f2';
export const PLAN = sha256('a plan');
export const OTHER_PLAN = sha256('another plan');

const BEFORE_THE_PLAN: readonly LinkedName[] = [
  ...(['IssueReceived', 'ClarificationReceived', 'CancellationReceived', 'OperatorActed'] as const),
];
const ABOUT_NO_ISSUE: readonly LinkedName[] = ['HealthChanged'];

/** A record as it would come from the broker. */
export interface Record {
  readonly topic: Topic;
  readonly key: Buffer;
  readonly value: Buffer;
  readonly header: Buffer;
}

/** What a test bends: links as they would honestly be, and which of them the header carries. */
export interface Bend {
  readonly own?: Partial<Link>;
  readonly cause?: Partial<Link>;
  readonly may?: Partial<Link> | 'missing';
  readonly approve?: Partial<Link> | 'missing';
}

/** The key that an honest writer gives a message of this type. */
export function keyOf(type: LinkedName): string {
  switch (topicOf(type).key) {
    case 'issue':
      return ISSUE;
    case 'contract':
      return CONTRACT;
    case 'reference':
      return 'crm/4711';
    default:
      return 'search';
  }
}

const PROOF: Proof = { keyId: '0123456789abcdef', index: 0, count: 1, path: [], signature: Buffer.alloc(64, 7) };
const cited = (link: Link): Cited => ({ link: encodeLink(link), proof: PROOF });

/** Who says a message type here; the first of them where each service may. */
export function writerOf(type: LinkedName): Service {
  const { writer } = WORDS[type];
  return writer === EACH ? 'ingestion' : writer;
}

/** The link of an honest message; about the one issue, contract and plan of these tests. */
export function linkOf(type: LinkedName, says: Says, more: Partial<Link> = {}): Link {
  const hasIssue = !ABOUT_NO_ISSUE.includes(type) && says !== 'DEFINED';
  const hasPlan = hasIssue && !BEFORE_THE_PLAN.includes(type);
  return {
    writer: writerOf(type),
    type,
    says,
    messageId: '019a0000-0000-7000-8000-0000000000aa',
    issueId: hasIssue ? ISSUE : NIL_ID,
    subject: sha256(keyOf(type)),
    version: 1,
    time: 1_790_000_000_000,
    valueDigest: sha256(`${type} ${says}`),
    planDigest: hasPlan ? PLAN : ZERO_DIGEST,
    causeDigest: sha256('what came before'),
    ...more,
  };
}

/**
 * A message of `type` that says `says` because of `cause`, as an honest writer lays it out, bent where a test wants it.
 * @param cause  null: the edge's cause stands outside the chain, or is nothing at all
 */
export function recordOf(
  type: LinkedName,
  says: Says,
  cause: { readonly type: LinkedName; readonly says: Says } | null,
  bend: Bend = {},
): Record {
  const causeLink = cause && linkOf(cause.type, cause.says, bend.cause);
  const citesNothing = !causeLink && type === 'HealthChanged';
  const causeDigest = causeLink ? linkDigest(encodeLink(causeLink)) : sha256('bytes from outside');
  const own = linkOf(type, says, { causeDigest: citesNothing ? ZERO_DIGEST : causeDigest, ...bend.own });
  const required = requiredPermits(type, says);
  const permit = (name: 'MAY' | 'APPROVE', bent: Bend['may'], honest: Link): Cited | null => {
    if (bent === 'missing' || (bent === undefined && !required.includes(name))) return null;
    return cited({ ...honest, ...bent });
  };
  return {
    topic: topicOf(type),
    key: Buffer.from(keyOf(type)),
    value: Buffer.from(`${type} ${says}`),
    header: encodeMandate({
      own: cited(own),
      cause: causeLink ? cited(causeLink) : null,
      may: permit('MAY', bend.may, linkOf('EligibilityJudged', 'MAY')),
      approve: permit('APPROVE', bend.approve, linkOf('ReviewDecided', 'APPROVE')),
    }),
  };
}

/** The meanings a cause of an edge can have; `null` stands for a cause outside the chain. */
export function causesOf(edge: Edge): readonly ({ readonly type: LinkedName; readonly says: Says } | null)[] {
  if (edge.causeSays.length === 0) return [null];
  return edge.causeSays.map((says) => ({ type: edge.cause as LinkedName, says }));
}
