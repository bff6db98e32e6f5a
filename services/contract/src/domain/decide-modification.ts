import {
  type Change,
  capabilitiesOf,
  type Plan,
  planDigest,
  type RefusalCode,
  type Registry,
} from '@mandate/contracts';
import { riskOf, satisfies, settingsOf } from '@mandate/judgement';
import type { CommandOf } from './commands';
import { defaultConstraints } from './constraints';
import type { Contract, Terms } from './contract';
import { withDossier } from './create-contract';
import { notEligible } from './decide-clarification';
import type { ContractEvent } from './events';
import type { Facts } from './facts';
import { estimateHealthImpact } from './health-impact';
import { decidedBy, refusal } from './recording';
import { isExpired } from './ttl';

/** AM-21: the sixth modification is refused. */
const REVISIONS_MAX = 5;

/**
 * MODIFY_SCOPE: the original becomes SUPERSEDED and a revision starts at DRAFT without verdicts (REVIEW-005, AM-12).
 * The revision is eligible only on its own MAY.
 */
export function decideModification(
  command: CommandOf<'modify-scope'>,
  contract: Contract,
  facts: Facts,
  now: number,
): readonly ContractEvent[] {
  const refuse = (code: RefusalCode) => refusal(command, now, code);
  if (contract.status !== 'ELIGIBLE') return refuse(notEligible(contract));
  if (isExpired(contract.ttl, facts.periods, now)) return refuse('ALREADY_EXPIRED');
  const { terms } = contract;
  if (!command.dossierDigest?.equals(terms.dossierDigest)) return refuse('DOSSIER_CHANGED');
  const problem = modificationProblem(command, terms, facts.registry);
  if (problem) return refuse(problem);
  const plan = { changes: command.changes as readonly Change[], affected_capabilities: command.affectedCapabilities };
  const reason = command.text ?? 'The founder modified the scope.';
  const successor = revisedTerms(terms, plan, command.successorContractId, facts, now);
  return [{ ...decidedBy(command, now, reason), type: 'superseded', reason, successor }];
}

function modificationProblem(command: CommandOf<'modify-scope'>, terms: Terms, registry: Registry): RefusalCode | null {
  if (terms.revision >= REVISIONS_MAX) return 'REVISION_LIMIT';
  const { changes, affectedCapabilities } = command;
  if (changes === null) return 'CHANGES_INVALID';
  if (changes.length === 0) return 'NOTHING_MODIFIED';
  const acted = capabilitiesOf(changes);
  if (acted.join() !== affectedCapabilities.join()) return 'CHANGES_INVALID';
  if (acted.some((c) => !terms.scopeCapabilities.includes(c))) return 'OUT_OF_SCOPE';
  if (changes.some((c) => !fitsSchema(c, registry))) return 'CHANGES_INVALID';
  const digest = planDigest({ changes, affected_capabilities: affectedCapabilities });
  return digest.equals(terms.planDigest) ? 'NOTHING_MODIFIED' : null;
}

/** CONTRACT-006: every value passes the schema of its key. */
function fitsSchema(change: Change, registry: Registry): boolean {
  const keys = registry.capabilities.get(change.capability)?.definition.keys;
  if (!keys) return false;
  return settingsOf(change).every((setting) => {
    const schema = keys.find((k) => k.key === setting.key)?.schema;
    return schema !== undefined && satisfies(schema, setting.new);
  });
}

function revisedTerms(parent: Terms, plan: Plan, contractId: string, facts: Facts, now: number): Terms {
  return withDossier({
    ...parent,
    contractId,
    revision: parent.revision + 1,
    parentContractId: parent.contractId,
    plan,
    planDigest: planDigest(plan),
    // Severity is the validator's to say again; until then the risk is that of the changes alone.
    riskLevel: riskOf('low', plan.changes, facts.registry),
    healthImpact: estimateHealthImpact(plan.changes, facts.health, facts.outcomes),
    constraints: defaultConstraints(plan.affected_capabilities, facts.registry),
    confidence: null,
    verdict: null,
    createdAt: now,
  });
}
