import type { LinkedName } from './authority';
import { AuthorityViolation } from './check';
import { type Link, NIL_ID } from './link';

/** Of a decoded value, what its link says as well. */
interface Value {
  readonly contract_id?: string | null;
  readonly issue_id?: string | null;
  readonly capability?: string;
  readonly scope?: string;
  readonly service?: string;
  readonly version?: number;
  readonly plan_digest?: Buffer;
  readonly status?: string;
  readonly state?: string;
  readonly verdict?: string;
  readonly action?: string;
  readonly cause?: string;
  readonly kind?: string;
}

const JOB_WORDS: { readonly [state: string]: string } = { COMPLETED: 'DONE' };
const ACTION_WORDS: { readonly [action: string]: string } = {
  MODIFY_SCOPE: 'MODIFY',
  ACKNOWLEDGE_INCIDENT: 'ACKNOWLEDGE',
  RESOLVE_INCIDENT: 'RESOLVE',
};
const CAUSE_WORDS: { readonly [cause: string]: string } = {
  DEFINITION: 'DEFINED',
  CHANGE: 'CHANGED',
  ROLLBACK: 'UNDONE',
};
const inWords = (words: { readonly [word: string]: string }, word = ''): string => words[word] ?? word;
const isRollback = ({ kind }: Value): boolean => kind === 'ROLLBACK';

/** What a value states, in the words of links; types with a single word are left out. */
const SAID: { readonly [type in LinkedName]?: (value: Value) => string | undefined } = {
  EligibilityJudged: (v) => v.verdict,
  ContractChanged: (v) => v.status,
  IncidentChanged: (v) => `INCIDENT_${v.state}`,
  ReviewDecided: (v) => inWords(ACTION_WORDS, v.action),
  JobChanged: (v) => `${isRollback(v) ? 'ROLLBACK' : 'JOB'}_${inWords(JOB_WORDS, v.state)}`,
  CapabilityChanged: (v) => inWords(CAUSE_WORDS, v.cause),
  HealthChanged: (v) => v.state,
  JobEvaluated: (v) => (isRollback(v) ? 'ROLLBACK_EVALUATED' : 'EVALUATED'),
  AuditConcluded: (v) => (isRollback(v) ? `ROLLBACK_${v.verdict}` : v.verdict),
};

const SUBJECT: { readonly [type in LinkedName]?: keyof Value } = {
  IssueReceived: 'issue_id',
  ProposalMade: 'issue_id',
  EligibilityJudged: 'issue_id',
  CapabilityChanged: 'capability',
  HealthChanged: 'scope',
  ContractChanged: 'contract_id',
  IncidentChanged: 'contract_id',
  ReviewDecided: 'contract_id',
  JobChanged: 'contract_id',
  JobEvaluated: 'contract_id',
  AuditConcluded: 'contract_id',
  ClarificationReceived: 'contract_id',
  CancellationReceived: 'contract_id',
  OperatorActed: 'service',
};

/**
 * Checks that a value states what its link states: of the same subject, issue and plan, in the same word. A chain proves
 * what links say; handlers and projections read values. CHAIN-002: without it the right to say one thing of one contract
 * would be the right to say anything of any.
 *
 * @param key   the record's key, which the link is known to be about
 * @param value as decoded from the bytes whose digest the link holds
 * @throws AuthorityViolation with the first thing that differs
 */
export function checkValue(link: Link, key: Buffer, value: object): void {
  const { type, says, issueId, planDigest, version } = link;
  const given = value as Value;
  const refuse = (what: string): never => {
    throw new AuthorityViolation('VALUE_NOT_AS_LINKED', `${type} ${says}: its value is ${what}`);
  };
  const subject = SUBJECT[type];
  if (subject && given[subject] !== key.toString()) refuse(`about another ${subject}`);
  if (given.issue_id !== undefined && (given.issue_id ?? NIL_ID) !== issueId) refuse('about another issue');
  if (given.version !== undefined && given.version !== version) refuse('of another version');
  if (given.plan_digest && !given.plan_digest.equals(planDigest)) refuse('about another plan');
  const said = SAID[type]?.(given);
  if (said !== undefined && said !== says) refuse(`one that says ${said}`);
}
