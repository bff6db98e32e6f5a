import {
  type Edge,
  edgesBetween,
  mayMustMatchPlan,
  maySay,
  OUTSIDE_CAUSES,
  type Permit,
  requiredPermits,
  type Says,
  WORDS,
} from './authority';
import { decodeLink, type Link, linkDigest, NIL_ID, ZERO_DIGEST } from './link';
import { type Cited, decodeMandate, type Mandate } from './mandate-header';
import { sha256 } from './plan';
import type { Topic } from './topics';

/** Why a message fails the authority check (CHAIN-002); stable codes. */
export type ViolationCode =
  | 'NO_MANDATE'
  | 'MALFORMED_MANDATE'
  | 'WRONG_TOPIC'
  | 'WRONG_WRITER'
  | 'SAYS_NOT_ALLOWED'
  | 'WRONG_SUBJECT'
  | 'VALUE_ALTERED'
  | 'VALUE_NOT_AS_LINKED'
  | 'NO_EDGE'
  | 'CAUSE_MISMATCH'
  | 'ISSUE_MISMATCH'
  | 'SUBJECT_MISMATCH'
  | 'PLAN_MISMATCH'
  | 'PERMIT_MISSING'
  | 'PERMIT_MISMATCH'
  | 'BAD_SIGNATURE'
  | 'UNKNOWN_KEY'
  | 'KEY_REVOKED'
  | 'CATALOGUE_NOT_ALLOWED';

/** A message that may not be said; the consumer sets it aside with `code` and `message` (CHAIN-003). */
export class AuthorityViolation extends Error {
  constructor(
    readonly code: ViolationCode,
    message: string,
  ) {
    super(message);
  }
}

/** A message whose mandate has been read and whose meaning fits the authority table; proofs are still to be verified. */
export interface Authorised {
  readonly mandate: Mandate;
  readonly link: Link;
  /** SHA-256 of the own link: the message's identity. */
  readonly digest: Buffer;
  readonly cause: Link | null;
  readonly may: Link | null;
  readonly approve: Link | null;
  /** The edge it was said under; `effect` says whether it is authority or only a record. */
  readonly edge: Edge;
  /** Every link with a proof to verify. */
  readonly cited: readonly { readonly cited: Cited; readonly link: Link }[];
}

const refuse = (code: ViolationCode, message: string): never => {
  throw new AuthorityViolation(code, message);
};

/**
 * Checks layout, meaning, subject, value, cause and permits of a record as it came from the broker; everything but the
 * signatures. Pure. CHAIN-002; spec 4-mandate "What a consumer checks before a handler sees anything".
 *
 * @throws AuthorityViolation with the first thing that does not hold
 */
export function checkAuthority(
  topic: Topic,
  key: Buffer | null,
  value: Buffer,
  header: Buffer | undefined,
): Authorised {
  if (!header) return refuse('NO_MANDATE', 'has no mandate header');
  const mandate = decodeMandate(header) ?? refuse('MALFORMED_MANDATE', 'mandate header cannot be read');
  const link = decodeLink(mandate.own.link) ?? refuse('MALFORMED_MANDATE', 'its own link cannot be read');
  const [cause, may, approve] = [mandate.cause, mandate.may, mandate.approve].map((c) =>
    c ? (decodeLink(c.link) ?? refuse('MALFORMED_MANDATE', 'a cited link cannot be read')) : null,
  ) as [Link | null, Link | null, Link | null];
  checkMeaning(topic, link);
  for (const held of [cause, may, approve]) if (held) checkWord(held);
  if (!key || !link.subject.equals(sha256(key))) refuse('WRONG_SUBJECT', 'its link is about another record key');
  if (!link.valueDigest.equals(sha256(value)))
    refuse('VALUE_ALTERED', 'its value is not the one its link was made for');
  const edge = checkCause(link, cause, mandate.cause);
  checkPermits(link, may, approve, edge, cause);
  const cited = [{ cited: mandate.own, link }];
  if (mandate.cause && cause) cited.push({ cited: mandate.cause, link: cause });
  // A permit that is the cause itself is one entry of the header: one proof.
  if (mandate.may && may && mandate.may !== mandate.cause) cited.push({ cited: mandate.may, link: may });
  if (mandate.approve && approve && mandate.approve !== mandate.cause)
    cited.push({ cited: mandate.approve, link: approve });
  return { mandate, link, digest: linkDigest(mandate.own.link), cause, may, approve, edge, cited };
}

function checkMeaning(topic: Topic, link: Link): void {
  if (!topic.messages.includes(link.type)) refuse('WRONG_TOPIC', `${link.type} does not belong on ${topic.name}`);
  checkWord(link);
  if (topic.writer !== link.writer) refuse('WRONG_WRITER', `${link.writer} does not write ${topic.name}`);
}

/**
 * The writer is the one service that may say this type. It counts for cited links as well: a service could otherwise
 * sign a link of another's type with its own key and cite it as a cause or permit.
 */
function checkWord(link: Link): void {
  const word = WORDS[link.type];
  if (!maySay(link.writer, link.type)) refuse('WRONG_WRITER', `${link.writer} may not say ${link.type}`);
  if (!word.says.includes(link.says)) refuse('SAYS_NOT_ALLOWED', `${link.type} cannot say ${link.says}`);
}

function checkCause(link: Link, cause: Link | null, cited: Cited | null): Edge {
  const [edge] = cause
    ? edgesBetween(cause.type, cause.says, link.type, link.says)
    : OUTSIDE_CAUSES.flatMap((o) => edgesBetween(o, null, link.type, link.says));
  const said = cause ? `${cause.type} ${cause.says}` : 'no message';
  if (!edge) return refuse('NO_EDGE', `${link.type} ${link.says} may not be said on ${said}`);
  if (!cause || !cited) {
    const isNothing = link.causeDigest.equals(ZERO_DIGEST);
    if ((edge.cause === 'NOTHING') !== isNothing)
      refuse('CAUSE_MISMATCH', `${link.type} cites nothing it could come from`);
    const hasNoIssue = edge.cause !== 'CrmIssue' && edge.cause !== 'OPERATOR';
    if (hasNoIssue && link.issueId !== NIL_ID) refuse('ISSUE_MISMATCH', `${link.type} is about no issue`);
    return edge;
  }
  if (!link.causeDigest.equals(linkDigest(cited.link))) refuse('CAUSE_MISMATCH', 'cites another link than it carries');
  if (link.issueId !== cause.issueId) refuse('ISSUE_MISMATCH', 'is about another issue than its cause');
  if (!edge.changesSubject && isKeyedByContract(link.type) && isKeyedByContract(cause.type)) {
    if (!link.subject.equals(cause.subject)) refuse('SUBJECT_MISMATCH', 'is about another contract than its cause');
  }
  const changesPlan = edge.changesSubject && link.type === 'ContractChanged';
  if (!changesPlan && !cause.planDigest.equals(ZERO_DIGEST) && !link.planDigest.equals(cause.planDigest)) {
    refuse('PLAN_MISMATCH', 'is about another plan than its cause');
  }
  return edge;
}

const BY_CONTRACT = [
  'ContractChanged',
  'IncidentChanged',
  'ReviewDecided',
  'JobChanged',
  'JobEvaluated',
  'AuditConcluded',
  'ClarificationReceived',
  'CancellationReceived',
];
function isKeyedByContract(type: string): boolean {
  return BY_CONTRACT.includes(type);
}

function checkPermits(link: Link, may: Link | null, approve: Link | null, edge: Edge, cause: Link | null): void {
  const required = requiredPermits(link.type, link.says);
  const check = (permit: Permit, held: Link | null, type: string, says: Says): void => {
    if (!held) {
      if (required.includes(permit)) refuse('PERMIT_MISSING', `${link.type} ${link.says} carries no ${permit}`);
      return;
    }
    if (held.type !== type || held.says !== says) refuse('PERMIT_MISMATCH', `its ${permit} permit says ${held.says}`);
    if (held.issueId !== link.issueId) refuse('PERMIT_MISMATCH', `its ${permit} is for another issue`);
  };
  check('MAY', may, 'EligibilityJudged', 'MAY');
  check('APPROVE', approve, 'ReviewDecided', 'APPROVE');
  if (may && mayMustMatchPlan(link.type, link.says) && !may.planDigest.equals(link.planDigest)) {
    refuse('PERMIT_MISMATCH', 'its MAY is for another plan');
  }
  if (!approve) return;
  if (!approve.planDigest.equals(link.planDigest)) refuse('PERMIT_MISMATCH', 'its APPROVE is for another plan');
  const contract = isKeyedByContract(link.type)
    ? link.subject
    : cause && isKeyedByContract(cause.type)
      ? cause.subject
      : null;
  if (contract && edge.cause !== 'EligibilityJudged' && !approve.subject.equals(contract)) {
    refuse('PERMIT_MISMATCH', 'its APPROVE is for another contract');
  }
}
