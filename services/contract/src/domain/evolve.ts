import { approvalOf, type Contract } from './contract';
import type { ContractEvent } from './events';
import { endTtl, pause, resume, startTtl } from './ttl';

const NONE: ReadonlySet<string> = new Set();

/**
 * The contract after an event. Pure and total: whether the event may happen was decided before, so a combination that
 * cannot be is a defect and throws.
 */
export function evolve(contract: Contract | null, event: ContractEvent): Contract {
  const next = transition(contract, event);
  const decided = contract?.decided ?? NONE;
  return {
    ...next,
    version: (contract?.version ?? 0) + 1,
    changedAt: event.at,
    decided: event.decisionKey === undefined ? decided : new Set([...decided, event.decisionKey]),
  };
}

function transition(contract: Contract | null, event: ContractEvent): Contract {
  if (event.type === 'drafted') return drafted(contract, event);
  if (!contract) throw impossible(contract, event);
  switch (event.type) {
    case 'recorded':
      return contract;
    case 'rejected':
    case 'expired':
      return {
        ...ended(contract, event.at),
        status: event.type === 'rejected' ? 'REJECTED' : 'EXPIRED',
        reason: event.reason,
        approval: approvalOf(contract),
      };
    case 'superseded':
      return {
        ...ended(contract, event.at),
        status: 'SUPERSEDED',
        reason: event.reason,
        successorContractId: event.successor.contractId,
      };
    case 'approved':
    case 'waits':
    case 'activated':
    case 'audit-inconclusive':
    case 'completed':
    case 'failed':
      return decided(contract, event);
    default:
      return inReview(contract, event);
  }
}

function drafted(contract: Contract | null, event: ContractEvent & { type: 'drafted' }): Contract {
  if (contract) throw impossible(contract, event);
  return {
    status: 'DRAFT',
    terms: event.terms,
    version: 0,
    changedAt: event.at,
    ttl: startTtl(event.at, 'CHECKS'),
    clarification: null,
    decided: NONE,
  };
}

const IN_REVIEW: readonly Contract['status'][] = ['DRAFT', 'VALIDATED', 'ELIGIBLE'];

/** Events of a contract that waits for its verdicts or its founder. */
function inReview(contract: Contract, event: ContractEvent): Contract {
  if (!IN_REVIEW.includes(contract.status)) throw impossible(contract, event);
  switch (event.type) {
    case 'validated':
      return { ...common(contract), status: 'VALIDATED' };
    case 'eligible':
      return {
        ...common(contract),
        status: 'ELIGIBLE',
        terms: event.terms,
        ttl: startTtl(event.at, 'FOUNDER', contract.ttl.ledger),
      };
    case 'clarification-requested':
      return { ...contract, clarification: event.clarification, ttl: pause(contract.ttl, event.at) };
    case 'clarification-provided':
      if (!contract.clarification) throw impossible(contract, event);
      return {
        ...contract,
        clarification: { ...contract.clarification, answer: event.answer, answeredAt: event.at },
        ttl: resume(contract.ttl, event.resumedAt),
      };
    case 'pause-ended':
      return { ...contract, ttl: resume(contract.ttl, event.resumedAt) };
    case 'warned':
      return { ...contract, ttl: { ...contract.ttl, isWarned: true } };
    case 'escalated':
      return { ...contract, ttl: { ...contract.ttl, isWarned: true, isEscalated: true } };
    default:
      throw impossible(contract, event);
  }
}

/** Events from the approval on. */
function decided(contract: Contract, event: ContractEvent): Contract {
  if (event.type === 'approved' && contract.status === 'ELIGIBLE') {
    const { approval } = event;
    return { ...ended(contract, event.at), status: 'APPROVED', approval, waiting: null, sinceApproval: [] };
  }
  if (contract.status === 'APPROVED') {
    const { approval } = contract;
    if (event.type === 'waits') return { ...contract, waiting: event.waiting, sinceApproval: event.sinceApproval };
    if (event.type === 'activated') {
      const { at: activatedAt, sinceApproval } = event;
      return { ...common(contract), status: 'ACTIVE', approval, sinceApproval, activatedAt, auditVerdict: null };
    }
  }
  if (contract.status === 'ACTIVE') {
    const { approval, sinceApproval, activatedAt } = contract;
    const so = { ...common(contract), approval, sinceApproval, activatedAt };
    if (event.type === 'audit-inconclusive') return { ...contract, auditVerdict: 'INCONCLUSIVE' };
    if (event.type === 'completed') {
      return { ...so, status: 'COMPLETED', auditVerdict: 'PASS' };
    }
    if (event.type === 'failed') {
      return { ...so, status: 'FAILED', auditVerdict: 'FAIL', reason: event.reason };
    }
  }
  throw impossible(contract, event);
}

function common(contract: Contract) {
  const { terms, version, changedAt, ttl, clarification, decided } = contract;
  return { terms, version, changedAt, ttl, clarification, decided };
}

/** Out of review: nobody has the ball any more. */
function ended(contract: Contract, at: number) {
  const { ttl, ...rest } = common(contract);
  return { ...rest, ttl: endTtl(ttl, at) };
}

function impossible(contract: Contract | null, event: ContractEvent): Error {
  return new Error(`a contract in ${contract?.status ?? 'no state'} cannot become ${event.type}`);
}
