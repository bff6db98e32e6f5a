import type { ContractCommand, Decision } from './commands';
import type { Contract } from './contract';
import { decideDenial, decideGrant } from './create-contract';
import { decideActivation } from './decide-activation';
import { decideApproval } from './decide-approval';
import { decideAttestation } from './decide-attestation';
import { decideClarificationAnswer, decideClarificationRequest } from './decide-clarification';
import { decideConclusion } from './decide-conclusion';
import { decideModification } from './decide-modification';
import { decideCancellation, decideRejection } from './decide-rejection';
import { decideReviewDue } from './decide-review-due';
import type { ContractEvent } from './events';
import type { Facts } from './facts';
import { decidedBy } from './recording';

/**
 * What a command does to a contract. Pure and synchronous; a "no" is an event with a code (`recorded`), never an
 * exception, and the same decision a second time yields nothing.
 *
 * @param now  the contract service's clock, epoch milliseconds
 * @returns the recorded changes, in order; empty where nothing happens
 */
export function decide(
  command: ContractCommand,
  contract: Contract,
  facts: Facts,
  now: number,
): readonly ContractEvent[] {
  if ('key' in command) return contract.decided.has(command.key) ? [] : decideReview(command, contract, facts, now);
  switch (command.type) {
    case 'grant':
      return decideGrant(command, contract, facts, now);
    case 'deny':
      return decideDenial(command, contract, now);
    case 'cancel':
      return decideCancellation(command, contract, now);
    case 'review-due':
      return decideReviewDue(contract, facts, now);
    case 'try-activation':
      return decideActivation(contract, facts, now);
    case 'conclude':
      return decideConclusion(command, contract, now);
  }
}

type ReviewCommand = Extract<ContractCommand, Decision>;

function decideReview(command: ReviewCommand, contract: Contract, facts: Facts, now: number): readonly ContractEvent[] {
  switch (command.type) {
    case 'approve':
      return decideApproval(command, contract, facts, now);
    case 'reject':
      return decideRejection(command, contract, now);
    case 'request-clarification':
      return decideClarificationRequest(command, contract, facts, now);
    case 'provide-clarification':
      return decideClarificationAnswer(command, contract, facts, now);
    case 'modify-scope':
      return decideModification(command, contract, facts, now);
    case 'note':
      return [{ ...decidedBy(command, now), type: 'recorded', code: 'NOTE' }];
    case 'attest':
      return decideAttestation(command, contract, facts, now);
  }
}
