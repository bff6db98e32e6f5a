import { capabilitiesOf, planDigest } from '@mandate/contracts';
import type { ModifyScope } from './action';
import type { Circumstances, ReviewedContract } from './contract';
import { stateProblem } from './decide-review-state';
import { changesProblem, explicitChanges, namedCapabilities } from './modification';
import { type Refusal, refuse } from './refusal';

/** AM-21: the sixth modification is refused. */
export const REVISIONS_MAX = 5;

/** What stands against modifying a contract now, whatever the changes. */
export function modificationObstacle(contract: ReviewedContract, now: number): Refusal | null {
  const problem = stateProblem(contract, now);
  if (problem) return problem;
  return contract.revision >= REVISIONS_MAX ? refuse('REVISION_LIMIT') : null;
}

/** REVIEW-005: other changes are another revision; only explicit ones, within the scope, that fit the registry. */
export function decideModification(
  action: ModifyScope,
  contract: ReviewedContract,
  { now, capabilities }: Pick<Circumstances, 'now' | 'capabilities'>,
): Refusal | null {
  const problem = stateProblem(contract, now);
  if (problem) return problem;
  if (!action.dossierSeen?.equals(contract.dossierDigest)) return refuse('DOSSIER_CHANGED');
  if (contract.revision >= REVISIONS_MAX) return refuse('REVISION_LIMIT');
  const changes = explicitChanges(action.changes, capabilities);
  if (changes.length === 0) return refuse('NOTHING_MODIFIED');
  const acted = capabilitiesOf(changes);
  const named = namedCapabilities(changes, action.capabilities);
  if (acted.join() !== named.join()) return refuse('CHANGES_INVALID', `they act on ${acted.join(', ')}`);
  const outside = acted.find((name) => !contract.scopeCapabilities.includes(name));
  if (outside) return refuse('OUT_OF_SCOPE', outside);
  const isSame = planDigest({ changes, affected_capabilities: acted }).equals(contract.planDigest);
  return isSame ? refuse('NOTHING_MODIFIED') : changesProblem(changes, capabilities);
}
