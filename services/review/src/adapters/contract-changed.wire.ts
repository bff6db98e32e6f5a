import { changeFromWire, type Dossier, type Plan, sha256 } from '@mandate/contracts';
import { type ContractChanged, decode, type EligibilityJudged, type ProposalMade } from '@mandate/schemas';
import type { ReviewedContract } from '../domain/contract';
import { isSound } from '../domain/soundness';

/** A contract's message with the two verdicts it carries; they are null before they are attached. */
export interface ContractFile {
  readonly contract: ContractChanged;
  readonly verdict: EligibilityJudged | null;
  readonly proposal: ProposalMade | null;
}

/** Opens the bytes of a ContractChanged, and those inside. */
export function openContract(bytes: Buffer): ContractFile {
  const contract = decode('ContractChanged', bytes);
  const verdict = contract.verdict && decode('EligibilityJudged', contract.verdict);
  return { contract, verdict, proposal: verdict && decode('ProposalMade', verdict.proposal) };
}

/** What the founder is shown and decides on, made from the message itself. */
export function dossierOf({ contract }: ContractFile): Dossier {
  return {
    contract_id: contract.contract_id,
    revision: contract.revision,
    title: contract.title,
    origin: { ...contract.origin },
    payload_digest: contract.payload_digest.toString('hex'),
    verdict_digest: contract.verdict ? sha256(contract.verdict).toString('hex') : '',
    changes: contract.proposed_changes.map(changeFromWire),
    affected_capabilities: contract.affected_capabilities,
    constraints: contract.constraints,
    risk_level: contract.risk_level,
  };
}

/** The contract as a decision sees it. @param scope what a modification may touch */
export function toReviewed(file: ContractFile, scope: readonly string[]): ReviewedContract {
  const { contract } = file;
  return {
    contractId: contract.contract_id,
    version: contract.version,
    status: contract.status === 'UNKNOWN' ? 'DRAFT' : contract.status,
    expiresAt: contract.expires_at,
    isPaused: contract.ttl_paused_at !== null,
    isClarificationOpen: contract.clarification !== null && contract.clarification.answered_at === null,
    dossierDigest: contract.dossier_digest,
    planDigest: contract.plan_digest,
    affectedCapabilities: contract.affected_capabilities,
    constraints: contract.constraints,
    revision: contract.revision,
    scopeCapabilities: scope,
    isSound: isSoundFile(file),
  };
}

function isSoundFile(file: ContractFile): boolean {
  const { contract, verdict, proposal } = file;
  if (!verdict || !proposal) return false;
  const plan = planOf(contract.proposed_changes, contract.affected_capabilities);
  const judgedPlan = planOf(proposal.suggested_changes, proposal.affected_capabilities);
  if (!plan || !judgedPlan) return false;
  return isSound({
    plan,
    judgedPlan,
    isMay: verdict.verdict === 'MAY',
    planDigest: contract.plan_digest,
    dossier: dossierOf(file),
    dossierDigest: contract.dossier_digest,
  });
}

/** Null where a change cannot be read: such a plan is no plan anybody could approve. */
function planOf(changes: ContractChanged['proposed_changes'], capabilities: readonly string[]): Plan | null {
  const isReadable = changes.every(
    (c) => c.kind !== 'unknown' && (c.kind !== 'configuration_update' || c.settings.length === 1),
  );
  return isReadable ? { changes: changes.map(changeFromWire), affected_capabilities: [...capabilities].sort() } : null;
}
