import { capabilitiesOf, dossierDigest, planDigest, sha256 } from '@mandate/contracts';
import { riskOf } from '@mandate/judgement';
import type { CommandOf, Grant } from './commands';
import { defaultConstraints } from './constraints';
import type { Contract, Terms } from './contract';
import type { ContractEvent, Recording } from './events';
import type { Facts } from './facts';
import { estimateHealthImpact } from './health-impact';

/** A grant that does not hold what it says; whoever sent it is told, nothing is created. */
export type GrantProblem = 'PLAN_MISMATCH' | 'PLAN_UNREADABLE' | 'CONFIDENCE_OUT_OF_RANGE';

/**
 * Looks at a grant before it becomes authority (spec 4-mandate "Where authority becomes effect"): the plan recomputed
 * from the proposal is the one the MAY is about, and it acts on exactly the capabilities it names (CONTRACT-006).
 */
export function grantProblem(grant: Grant): GrantProblem | null {
  const { changes, affectedCapabilities } = grant;
  const acted = capabilitiesOf(changes);
  const isExact = acted.length === affectedCapabilities.length && acted.every((c, i) => c === affectedCapabilities[i]);
  if (changes.length === 0 || !isExact) return 'PLAN_UNREADABLE';
  const digest = planDigest({ changes, affected_capabilities: affectedCapabilities });
  if (!digest.equals(grant.planDigest)) return 'PLAN_MISMATCH';
  return grant.confidence >= 0 && grant.confidence <= 1 ? null : 'CONFIDENCE_OUT_OF_RANGE'; // CONTRACT-007
}

/**
 * A MAY becomes a contract: drafted, then both verdicts attached, three recorded changes (AM-01). PART2-001: there is
 * no other way to a contract but a modification.
 *
 * @param grant  already found sound by `grantProblem`
 */
export function decideCreation(grant: Grant, facts: Facts, now: number): readonly ContractEvent[] {
  const terms = grantedTerms(grant, null, facts, now);
  return [
    { ...byVerdict(now, 'A contract is drafted on a MAY verdict.'), type: 'drafted', terms },
    ...verdicts(grant, terms, now),
  ];
}

/** A revision's own MAY makes it ELIGIBLE with a fresh time to live; one that comes too late changes nothing. */
export function decideGrant(
  { grant }: CommandOf<'grant'>,
  contract: Contract,
  facts: Facts,
  now: number,
): readonly ContractEvent[] {
  if (contract.status !== 'DRAFT') return [];
  return verdicts(grant, grantedTerms(grant, contract.terms, facts, now), now);
}

/** MAY_NOT is final for a revision, too (AM-17). */
export function decideDenial(
  { firstFailingRule }: CommandOf<'deny'>,
  contract: Contract,
  now: number,
): readonly ContractEvent[] {
  if (contract.status !== 'DRAFT') return [];
  const reason = `The modified proposal is not eligible${firstFailingRule ? ` (${firstFailingRule})` : ''}.`;
  return [{ ...byVerdict(now, reason), type: 'rejected', code: firstFailingRule ?? 'MAY_NOT', reason }];
}

function verdicts(grant: Grant, terms: Terms, now: number): readonly ContractEvent[] {
  return [
    { ...byVerdict(now, `Validated by ${grant.validatorVersion}.`), type: 'validated', actor: 'validator' },
    { ...byVerdict(now, `MAY by rules ${grant.rulesVersion}.`), type: 'eligible', terms },
  ];
}

function byVerdict(at: number, reason: string): Recording {
  return { at, actor: 'eligibility', cause: 'EligibilityJudged', code: null, reason };
}

function grantedTerms(grant: Grant, draft: Terms | null, facts: Facts, now: number): Terms {
  const { changes, affectedCapabilities } = grant;
  const plan = { changes, affected_capabilities: affectedCapabilities };
  const terms: Terms = {
    contractId: draft?.contractId ?? grant.contractId,
    issueId: grant.issueId,
    origin: grant.origin,
    title: draft?.title ?? grant.title,
    revision: draft?.revision ?? grant.revision,
    parentContractId: draft?.parentContractId ?? null,
    plan,
    planDigest: grant.planDigest,
    payloadDigest: grant.payloadDigest,
    scopeCapabilities: draft?.scopeCapabilities ?? affectedCapabilities,
    riskLevel: riskOf(grant.severity, changes, facts.registry),
    healthImpact: estimateHealthImpact(changes, facts.health, facts.outcomes),
    constraints: defaultConstraints(affectedCapabilities, facts.registry),
    confidence: grant.confidence,
    verdict: grant.verdict,
    dossierDigest: NO_DIGEST,
    createdAt: draft?.createdAt ?? now,
  };
  return withDossier(terms);
}

const NO_DIGEST = Buffer.alloc(32);

/** Binds what a founder is shown (spec 2-review "What was shown is what is decided"). */
export function withDossier(terms: Terms): Terms {
  const digest = dossierDigest({
    contract_id: terms.contractId,
    revision: terms.revision,
    title: terms.title,
    origin: { ...terms.origin },
    payload_digest: terms.payloadDigest.toString('hex'),
    verdict_digest: terms.verdict ? sha256(terms.verdict).toString('hex') : '',
    changes: terms.plan.changes,
    affected_capabilities: terms.plan.affected_capabilities,
    constraints: terms.constraints,
    risk_level: terms.riskLevel,
  });
  return { ...terms, dossierDigest: digest };
}
