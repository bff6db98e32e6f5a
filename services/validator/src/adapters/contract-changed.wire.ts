import { type Change, changeFromWire } from '@mandate/contracts';
import type { IssueSource, RevisionInput } from '@mandate/judgement';
import type { ContractChanged } from '@mandate/schemas';
import { type Message, PermanentFault } from '@mandate/service-kit';

/**
 * True for the message that creates a revision's DRAFT. `from_version` is looked at because a modification refused in
 * DRAFT has the same cause and the same status, and must not be proposed a second time.
 */
export function isUnjudgedRevision({ edge, value }: Message<ContractChanged>): boolean {
  const { status, revision, verdict, from_version } = value;
  return edge.effect && status === 'DRAFT' && revision > 0 && verdict === null && from_version === 0;
}

/** What the founder changed, with what the original issue was found to be. @throws PermanentFault on unreadable changes */
export function toRevision({ value }: Message<ContractChanged>, original: RevisionInput['original']): RevisionInput {
  const { issue_id, contract_id, revision, origin } = value;
  return { issue_id, contract_id, revision, source: origin.source as IssueSource, original, changes: changesOf(value) };
}

function changesOf({ contract_id, proposed_changes }: ContractChanged): readonly Change[] {
  try {
    return proposed_changes.map(changeFromWire);
  } catch (cause) {
    throw new PermanentFault('PLAN_UNREADABLE', `the changes of contract ${contract_id}`, { cause });
  }
}
