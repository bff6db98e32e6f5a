import type { MessageName } from '@mandate/schemas';

/** The eight services, in the order of the authority chain (spec 1-workflow §1). The index is the writer's code in a link. */
export const SERVICES = [
  'ingestion',
  'validator',
  'eligibility',
  'contract',
  'review',
  'executor',
  'health',
  'auditor',
] as const;
export type Service = (typeof SERVICES)[number];

/** What each service was granted (spec 1-workflow §1). */
export const GRANTS: Readonly<Record<Service, string>> = {
  ingestion: 'receive',
  validator: 'advise',
  eligibility: 'gate',
  contract: 'keep the contract',
  review: 'approve (a human)',
  executor: 'execute',
  health: 'truth',
  auditor: 'verify',
};

/** Message types that carry a link. The index is the type's code in a link: append only. */
export const LINKED = [
  'IssueReceived',
  'ClarificationReceived',
  'CancellationReceived',
  'CrmUpdate',
  'ProposalMade',
  'EligibilityJudged',
  'ContractChanged',
  'IncidentChanged',
  'ReviewDecided',
  'JobChanged',
  'CapabilityChanged',
  'HealthChanged',
  'JobEvaluated',
  'AuditConcluded',
  'OperatorActed',
] as const satisfies readonly MessageName[];
export type LinkedName = (typeof LINKED)[number];

/** Every meaning a link can state. The index is its code in a link: append only. */
export const SAYS = [
  'RECEIVED',
  'CLARIFIED',
  'CANCELLED',
  'TOLD',
  'PROPOSED',
  'MAY',
  'MAY_NOT',
  'DRAFT',
  'VALIDATED',
  'ELIGIBLE',
  'APPROVED',
  'ACTIVE',
  'COMPLETED',
  'FAILED',
  'REJECTED',
  'EXPIRED',
  'SUPERSEDED',
  'APPROVE',
  'REJECT',
  'REQUEST_CLARIFICATION',
  'PROVIDE_CLARIFICATION',
  'MODIFY',
  'NOTE',
  'ATTEST',
  'ACKNOWLEDGE',
  'RESOLVE',
  'JOB_PENDING',
  'JOB_RUNNING',
  'JOB_DONE',
  'JOB_FAILED',
  'ROLLBACK_PENDING',
  'ROLLBACK_RUNNING',
  'ROLLBACK_DONE',
  'ROLLBACK_FAILED',
  'DEFINED',
  'CHANGED',
  'UNDONE',
  'FINAL',
  'HEALTHY',
  'DEGRADED',
  'UNHEALTHY',
  'UNKNOWN',
  'EVALUATED',
  'ROLLBACK_EVALUATED',
  'PASS',
  'FAIL',
  'INCONCLUSIVE',
  'ROLLBACK_PASS',
  'ROLLBACK_FAIL',
  'ROLLBACK_INCONCLUSIVE',
  'INCIDENT_OPEN',
  'INCIDENT_ROLLED_BACK',
  'INCIDENT_ROLLBACK_FAILED',
  'INCIDENT_RESOLVED',
  'OPERATED',
] as const;
export type Says = (typeof SAYS)[number];

/** What a service may say of itself, on a topic of its own, as each of the eight may. */
export const EACH = 'each service';

/** Who may say a message type, and with which meanings. */
export const WORDS: Readonly<
  Record<LinkedName, { readonly writer: Service | typeof EACH; readonly says: readonly Says[] }>
> = {
  IssueReceived: { writer: 'ingestion', says: ['RECEIVED'] },
  ClarificationReceived: { writer: 'ingestion', says: ['CLARIFIED'] },
  CancellationReceived: { writer: 'ingestion', says: ['CANCELLED'] },
  CrmUpdate: { writer: 'ingestion', says: ['TOLD'] },
  ProposalMade: { writer: 'validator', says: ['PROPOSED'] },
  EligibilityJudged: { writer: 'eligibility', says: ['MAY', 'MAY_NOT'] },
  ContractChanged: {
    writer: 'contract',
    says: [
      'DRAFT',
      'VALIDATED',
      'ELIGIBLE',
      'APPROVED',
      'ACTIVE',
      'COMPLETED',
      'FAILED',
      'REJECTED',
      'EXPIRED',
      'SUPERSEDED',
    ],
  },
  IncidentChanged: {
    writer: 'contract',
    says: ['INCIDENT_OPEN', 'INCIDENT_ROLLED_BACK', 'INCIDENT_ROLLBACK_FAILED', 'INCIDENT_RESOLVED'],
  },
  ReviewDecided: {
    writer: 'review',
    says: [
      'APPROVE',
      'REJECT',
      'REQUEST_CLARIFICATION',
      'PROVIDE_CLARIFICATION',
      'MODIFY',
      'NOTE',
      'ATTEST',
      'ACKNOWLEDGE',
      'RESOLVE',
    ],
  },
  JobChanged: {
    writer: 'executor',
    says: [
      'JOB_PENDING',
      'JOB_RUNNING',
      'JOB_DONE',
      'JOB_FAILED',
      'ROLLBACK_PENDING',
      'ROLLBACK_RUNNING',
      'ROLLBACK_DONE',
      'ROLLBACK_FAILED',
    ],
  },
  CapabilityChanged: { writer: 'executor', says: ['DEFINED', 'CHANGED', 'UNDONE', 'FINAL'] },
  HealthChanged: { writer: 'health', says: ['HEALTHY', 'DEGRADED', 'UNHEALTHY', 'UNKNOWN'] },
  JobEvaluated: { writer: 'health', says: ['EVALUATED', 'ROLLBACK_EVALUATED'] },
  AuditConcluded: {
    writer: 'auditor',
    says: ['PASS', 'FAIL', 'INCONCLUSIVE', 'ROLLBACK_PASS', 'ROLLBACK_FAIL', 'ROLLBACK_INCONCLUSIVE'],
  },
  OperatorActed: { writer: EACH, says: ['OPERATED'] },
};

/** True if a service may say a message type. */
export function maySay(service: Service, message: LinkedName): boolean {
  const { writer } = WORDS[message];
  return writer === service || writer === EACH;
}
