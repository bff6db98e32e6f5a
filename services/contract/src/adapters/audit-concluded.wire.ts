import type { AuditConcluded } from '@mandate/schemas';
import { type Message, UnauthorisedFault } from '@mandate/service-kit';
import type { JobVerdict } from '../domain/decide-verdict';
import { storable } from './columns';

/** A verdict as the domain sees it. */
export function toVerdict(value: AuditConcluded): JobVerdict {
  const kind = value.kind === 'ROLLBACK' ? 'ROLLBACK' : 'CHANGE';
  return { kind, verdict: value.verdict, isFinal: value.is_final, reason: storable(value.reason) };
}

/**
 * The verdict's value says what its link says. An attested one does not count until its signature can be verified here.
 * @throws UnauthorisedFault
 */
export function checkMeaning({ value, link, cause }: Message<AuditConcluded>): void {
  const says = value.kind === 'ROLLBACK' ? `ROLLBACK_${value.verdict}` : value.verdict;
  if (says !== link.says || value.kind === 'UNKNOWN') {
    throw new UnauthorisedFault('SAYS_OTHERWISE', `a verdict's value says ${says}, its link ${link.says}`);
  }
  if (cause?.type !== 'JobEvaluated') {
    const why = "the founder's signature over an attested verdict cannot be verified";
    throw new UnauthorisedFault('ATTESTATION_UNVERIFIED', why);
  }
}
