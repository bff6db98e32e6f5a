import { verifyAttestation } from '@mandate/contracts';
import type { CommandOf } from './commands';
import type { Contract } from './contract';
import type { ContractEvent } from './events';
import type { Facts } from './facts';
import { decidedBy, refusal } from './recording';

/**
 * A founder's word on what an audit could not tell is recorded where it holds, and refused with a code where not
 * (AM-04). It moves nothing here: the auditor hears it as well and speaks again, and only that closes the contract
 * (PART2-004).
 */
export function decideAttestation(
  command: CommandOf<'attest'>,
  contract: Contract,
  { founders }: Pick<Facts, 'founders'>,
  now: number,
): readonly ContractEvent[] {
  const { audit, signed, actor } = command;
  if (contract.status !== 'ACTIVE') {
    return refusal(command, now, contract.status === 'APPROVED' ? 'TOO_LATE' : 'ALREADY_TERMINAL');
  }
  if (!audit) return refusal(command, now, 'STATEMENT_FOR_ANOTHER_AUDIT');
  if (!signed) return refusal(command, now, 'SIGNATURE_MISSING');
  const { statement: bytes, signature, keyId } = signed;
  const about = { contractId: contract.terms.contractId, ...audit, attestedAt: now };
  const verified = verifyAttestation({ bytes, signature, keyId }, founders, about);
  if ('problem' in verified) return refusal(command, now, verified.problem);
  const { founder, checks, reason } = verified.statement;
  if (founder !== actor) return refusal(command, now, 'STATEMENT_FOR_ANOTHER_FOUNDER');
  const said = `${checks.join(', ')}: ${reason}`;
  return [{ ...decidedBy(command, now, said), type: 'recorded', code: 'ATTESTED' }];
}
