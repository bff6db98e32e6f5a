import { type LinkedName, type Says, WORDS } from './words';

export * from './words';

/** Causes outside the chain: a CRM's bytes, the catalogue, an operator's request, nothing at all. They have a digest, not a link. */
export const OUTSIDE_CAUSES = ['CrmIssue', 'CATALOGUE', 'OPERATOR', 'NOTHING'] as const;
export type OutsideCause = (typeof OUTSIDE_CAUSES)[number];
export type Permit = 'MAY' | 'APPROVE';

/**
 * One edge of the authority table: a message of `type` that says one of `says` may cite a `cause` that said one of
 * `causeSays`. `effect` is false where the message only records something (a refused decision, a warning, a wait) and
 * must not be taken as authority for anything new.
 */
export interface Edge {
  readonly cause: LinkedName | OutsideCause;
  readonly causeSays: readonly Says[];
  readonly type: LinkedName;
  readonly says: readonly Says[];
  readonly effect: boolean;
  /** The message may be about another contract, or another plan, than its cause (a modification makes a new contract). */
  readonly changesSubject?: boolean;
}

const effect = (
  cause: Edge['cause'],
  causeSays: readonly Says[],
  type: LinkedName,
  says: readonly Says[],
  more: Partial<Edge> = {},
): Edge => ({ cause, causeSays, type, says, effect: true, ...more });
const record = (cause: Edge['cause'], causeSays: readonly Says[], type: LinkedName, says: readonly Says[]): Edge => ({
  cause,
  causeSays,
  type,
  says,
  effect: false,
});

const CONTRACT = WORDS.ContractChanged.says;
const REVIEW = WORDS.ReviewDecided.says;
const LIVE: readonly Says[] = ['DRAFT', 'VALIDATED', 'ELIGIBLE', 'APPROVED'];

/**
 * The authority table (spec 1-workflow §1, 4-mandate): which message may cite which. Topic permissions, broker ACLs, the
 * consumer's check, the generated documentation and the auditor's checks derive from it; there is no second copy.
 */
export const EDGES: readonly Edge[] = [
  effect('CrmIssue', [], 'IssueReceived', ['RECEIVED']),
  effect('CrmIssue', [], 'ClarificationReceived', ['CLARIFIED']),
  effect('CrmIssue', [], 'CancellationReceived', ['CANCELLED']),
  effect('CrmIssue', [], 'CrmUpdate', ['TOLD']),
  effect('EligibilityJudged', ['MAY', 'MAY_NOT'], 'CrmUpdate', ['TOLD']),
  effect('ContractChanged', CONTRACT, 'CrmUpdate', ['TOLD']),
  effect('IncidentChanged', WORDS.IncidentChanged.says, 'CrmUpdate', ['TOLD']),

  effect('IssueReceived', ['RECEIVED'], 'ProposalMade', ['PROPOSED']),
  effect('ContractChanged', ['DRAFT'], 'ProposalMade', ['PROPOSED']),

  effect('ProposalMade', ['PROPOSED'], 'EligibilityJudged', ['MAY', 'MAY_NOT']),

  effect('EligibilityJudged', ['MAY'], 'ContractChanged', ['ELIGIBLE']),
  effect('EligibilityJudged', ['MAY_NOT'], 'ContractChanged', ['REJECTED']),
  effect('ReviewDecided', ['APPROVE'], 'ContractChanged', ['APPROVED', 'ACTIVE']),
  effect('ReviewDecided', ['REJECT'], 'ContractChanged', ['REJECTED']),
  effect('ReviewDecided', ['MODIFY'], 'ContractChanged', ['SUPERSEDED']),
  effect('ReviewDecided', ['MODIFY'], 'ContractChanged', ['DRAFT'], { changesSubject: true }),
  effect('CancellationReceived', ['CANCELLED'], 'ContractChanged', ['REJECTED']),
  effect('ContractChanged', LIVE, 'ContractChanged', ['EXPIRED']),
  effect('AuditConcluded', ['PASS'], 'ContractChanged', ['COMPLETED']),
  effect('AuditConcluded', ['FAIL'], 'ContractChanged', ['FAILED']),
  record('ReviewDecided', REVIEW, 'ContractChanged', CONTRACT),
  record('CancellationReceived', ['CANCELLED'], 'ContractChanged', CONTRACT),
  record('ContractChanged', ['ELIGIBLE'], 'ContractChanged', ['ELIGIBLE']),
  record('ContractChanged', ['APPROVED'], 'ContractChanged', ['APPROVED']),
  record('AuditConcluded', ['INCONCLUSIVE'], 'ContractChanged', ['ACTIVE']),

  effect('AuditConcluded', ['FAIL'], 'IncidentChanged', ['INCIDENT_OPEN']),
  effect('AuditConcluded', ['ROLLBACK_PASS'], 'IncidentChanged', ['INCIDENT_ROLLED_BACK']),
  effect('AuditConcluded', ['ROLLBACK_FAIL', 'ROLLBACK_INCONCLUSIVE'], 'IncidentChanged', [
    'INCIDENT_OPEN',
    'INCIDENT_ROLLBACK_FAILED',
  ]),
  effect('JobChanged', ['ROLLBACK_RUNNING'], 'IncidentChanged', ['INCIDENT_OPEN']),
  effect('ReviewDecided', ['RESOLVE'], 'IncidentChanged', ['INCIDENT_RESOLVED']),
  record('ReviewDecided', ['ACKNOWLEDGE', 'RESOLVE'], 'IncidentChanged', WORDS.IncidentChanged.says),

  effect('ContractChanged', ['ELIGIBLE'], 'ReviewDecided', ['APPROVE', 'REQUEST_CLARIFICATION', 'MODIFY']),
  effect('ContractChanged', LIVE, 'ReviewDecided', ['REJECT']),
  effect('ContractChanged', CONTRACT, 'ReviewDecided', ['NOTE']),
  effect('ContractChanged', ['ELIGIBLE'], 'ReviewDecided', ['PROVIDE_CLARIFICATION']),
  effect('ClarificationReceived', ['CLARIFIED'], 'ReviewDecided', ['PROVIDE_CLARIFICATION']),
  effect('AuditConcluded', ['INCONCLUSIVE'], 'ReviewDecided', ['ATTEST']),
  effect('IncidentChanged', WORDS.IncidentChanged.says, 'ReviewDecided', ['ACKNOWLEDGE', 'RESOLVE']),

  effect('ContractChanged', ['ACTIVE'], 'JobChanged', ['JOB_PENDING', 'JOB_RUNNING', 'JOB_DONE', 'JOB_FAILED']),
  effect('ContractChanged', ['FAILED'], 'JobChanged', [
    'ROLLBACK_PENDING',
    'ROLLBACK_RUNNING',
    'ROLLBACK_DONE',
    'ROLLBACK_FAILED',
  ]),
  effect('CATALOGUE', [], 'CapabilityChanged', ['DEFINED']),
  effect('ContractChanged', ['ACTIVE'], 'CapabilityChanged', ['CHANGED'], { changesSubject: true }),
  effect('ContractChanged', ['FAILED'], 'CapabilityChanged', ['UNDONE'], { changesSubject: true }),
  effect('ContractChanged', ['COMPLETED'], 'CapabilityChanged', ['FINAL'], { changesSubject: true }),

  effect('NOTHING', [], 'HealthChanged', WORDS.HealthChanged.says),
  effect('JobChanged', ['JOB_DONE', 'JOB_FAILED'], 'JobEvaluated', ['EVALUATED']),
  effect('JobChanged', ['ROLLBACK_DONE', 'ROLLBACK_FAILED'], 'JobEvaluated', ['ROLLBACK_EVALUATED']),

  effect('JobEvaluated', ['EVALUATED'], 'AuditConcluded', ['PASS', 'FAIL', 'INCONCLUSIVE']),
  effect('ReviewDecided', ['ATTEST'], 'AuditConcluded', ['PASS', 'FAIL', 'INCONCLUSIVE']),
  effect('JobEvaluated', ['ROLLBACK_EVALUATED'], 'AuditConcluded', [
    'ROLLBACK_PASS',
    'ROLLBACK_FAIL',
    'ROLLBACK_INCONCLUSIVE',
  ]),

  record('OPERATOR', [], 'OperatorActed', ['OPERATED']),
];

const APPROVED_STATES: readonly Says[] = ['APPROVED', 'ACTIVE', 'COMPLETED', 'FAILED'];
/** States in which a revision may still carry its parent's MAY (lineage permit), so that the plan may differ. */
const LINEAGE_STATES: readonly Says[] = ['DRAFT', 'VALIDATED', 'REJECTED', 'EXPIRED', 'SUPERSEDED'];

/** Which permits a message must carry besides its cause (spec 4-mandate "Link"). */
export function requiredPermits(type: LinkedName, says: Says): readonly Permit[] {
  switch (type) {
    case 'ContractChanged':
      return APPROVED_STATES.includes(says) ? ['MAY', 'APPROVE'] : ['MAY'];
    case 'ReviewDecided':
      return says === 'ATTEST' || says === 'ACKNOWLEDGE' || says === 'RESOLVE' ? ['MAY', 'APPROVE'] : ['MAY'];
    case 'JobChanged':
    case 'JobEvaluated':
    case 'AuditConcluded':
    case 'IncidentChanged':
      return ['MAY', 'APPROVE'];
    case 'CapabilityChanged':
      return says === 'DEFINED' ? [] : ['MAY', 'APPROVE'];
    default:
      return [];
  }
}

/** True where the MAY that a message carries must be for the very plan the message is about. */
export function mayMustMatchPlan(type: LinkedName, says: Says): boolean {
  // Said on a revision's DRAFT they pass the parent's MAY on as lineage; the revision's own MAY comes after them.
  if (type === 'ProposalMade' || type === 'EligibilityJudged' || type === 'CrmUpdate') return false;
  if (type === 'ContractChanged') return !LINEAGE_STATES.includes(says);
  return type !== 'ReviewDecided' || (says !== 'REJECT' && says !== 'NOTE');
}

/** The edges that allow a message to cite a cause; effects before records. */
export function edgesBetween(
  cause: Edge['cause'],
  causeSays: Says | null,
  type: LinkedName,
  says: Says,
): readonly Edge[] {
  const asked = `${cause} ${causeSays} ${type} ${says}`;
  let found = answered.get(asked);
  if (!found) {
    found = EDGES.filter(
      (e) =>
        e.cause === cause &&
        e.type === type &&
        e.says.includes(says) &&
        (causeSays === null ? e.causeSays.length === 0 : e.causeSays.includes(causeSays)),
    );
    answered.set(asked, found);
  }
  return found;
}

/** The table is asked for every message; its answers are as few as there are words. */
const answered = new Map<string, readonly Edge[]>();

/**
 * The edge that a message counts under, now that its value can be read. Between the same words may lie an effect and a
 * record: APPROVE approves a contract, and a second APPROVE is refused on the APPROVED one. Which of the two it is stands
 * in the value, whose digest the link proves: a message whose recorded changes move no state only records.
 *
 * @param edge   as found by the words alone
 * @param value  the message's value
 */
export function edgeOfValue(edge: Edge, causeSays: Says | null, says: Says, value: unknown): Edge {
  const { changes } = value as { readonly changes?: readonly { readonly from: string | null; readonly to: string }[] };
  if (!edge.effect || !changes?.length || changes.some((c) => c.from !== c.to)) return edge;
  return edgesBetween(edge.cause, causeSays, edge.type, says).find((e) => !e.effect) ?? edge;
}
