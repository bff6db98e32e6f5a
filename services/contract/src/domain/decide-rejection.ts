import type { CommandOf } from './commands';
import type { Contract } from './contract';
import type { ContractEvent } from './events';
import { decidedBy, refusal } from './recording';

/** REVIEW-002: more than this many characters after trimming. */
const REASON_CHARACTERS = 10;

/**
 * A founder's rejection ends a contract for good, until it is ACTIVE (AM-08).
 * @returns no events for a repeated decision, otherwise exactly one
 */
export function decideRejection(
  command: CommandOf<'reject'>,
  contract: Contract,
  now: number,
): readonly ContractEvent[] {
  switch (contract.status) {
    case 'DRAFT':
    case 'VALIDATED':
    case 'ELIGIBLE':
    case 'APPROVED': {
      const reason = command.text ?? '';
      if ([...reason].length <= REASON_CHARACTERS) return refusal(command, now, 'REASON_TOO_SHORT');
      return [{ ...decidedBy(command, now), type: 'rejected', reason }];
    }
    case 'ACTIVE':
      return refusal(command, now, 'ALREADY_ACTIVE');
    default:
      return refusal(command, now, 'ALREADY_TERMINAL');
  }
}

/** A CRM withdraws its own issue, until the contract is ACTIVE (AM-17). Too late, it is recorded as refused. */
export function decideCancellation(
  { actor, reason }: CommandOf<'cancel'>,
  contract: Contract,
  now: number,
): readonly ContractEvent[] {
  const by = { at: now, actor, cause: 'CancellationReceived', reason };
  switch (contract.status) {
    case 'DRAFT':
    case 'VALIDATED':
    case 'ELIGIBLE':
    case 'APPROVED':
      return [{ ...by, type: 'rejected', code: 'CANCELLED', reason }];
    case 'ACTIVE':
      return [{ ...by, type: 'recorded', code: 'ALREADY_ACTIVE' }];
    default:
      return [{ ...by, type: 'recorded', code: 'ALREADY_TERMINAL' }];
  }
}
