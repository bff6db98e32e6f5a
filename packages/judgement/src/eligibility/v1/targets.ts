import { type Change, targetsOf } from '@mandate/contracts';
import type { JudgedProposal } from '../facts';

/** Every target that a list of changes writes, each once. */
export function targetsOfChanges(changes: readonly Change[]): ReadonlySet<string> {
  return new Set(changes.flatMap(targetsOf));
}

/** Everything a proposal could act on: what it says it affects and what its changes name. */
export function touchedBy(proposal: JudgedProposal): ReadonlySet<string> {
  return new Set([...proposal.affected_capabilities, ...proposal.suggested_changes.map((c) => c.capability)]);
}
