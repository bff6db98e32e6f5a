import { type CapabilityState, changeFromWire, type Registry } from '@mandate/contracts';
import type { ContractChanged, EligibilityJudged, IssueReceived, ProposalMade } from '@mandate/schemas';
import type { HealthView } from '@mandate/service-kit';
import type { ReviewedContract } from '../domain/contract';
import { type Refusal, refusalText } from '../domain/refusal';
import { defaultWindow } from '../domain/window';
import { type ContractFile, dossierOf } from './contract-changed.wire';
import { instant, presentable, type Shown } from './presentable';
import type { Progress } from './progress.store';

/** Everything that the review page shows of one contract. */
export interface ContractView {
  readonly file: ContractFile;
  readonly reviewed: ReviewedContract;
  readonly issue: IssueReceived | null;
  /** A revision's advice before it is judged. */
  readonly revisionProposal: ProposalMade | null;
  readonly registry: Registry;
  readonly health: HealthView;
  readonly progress: Progress;
  /** What stands against approving and rejecting now; null if nothing does. */
  readonly approvalObstacle: Refusal | null;
  readonly rejectionObstacle: Refusal | null;
  readonly now: number;
}

export const APPROVAL_MEANS =
  'I have reviewed this contract, understand its scope and risk, authorise its execution within the window, and accept responsibility.';

/** One row of the queue. */
export function toQueueItem({ contract }: ContractFile) {
  return {
    contract_id: contract.contract_id,
    issue_id: contract.issue_id,
    title: contract.title,
    status: contract.status,
    risk_level: contract.risk_level,
    affected_capabilities: contract.affected_capabilities,
    source: contract.origin.source,
    source_system: contract.origin.source_system,
    reference: contract.origin.reference,
    revision: contract.revision,
    version: contract.version,
    created_at: instant(contract.created_at),
    expires_at: instant(contract.expires_at),
    waiting: presentable(contract.waiting),
    dossier_digest: contract.dossier_digest.toString('hex'),
  };
}

/** The whole review page as JSON, in the order of the founding text. */
export function toContractPage(view: ContractView) {
  const { file, reviewed, registry, health, now } = view;
  const { contract, verdict } = file;
  return {
    ...toQueueItem(file),
    status_reason: contract.status_reason,
    parent_contract_id: contract.parent_contract_id,
    successor_contract_id: contract.successor_contract_id,
    changed_at: instant(contract.changed_at),
    ttl_paused_at: instant(contract.ttl_paused_at),
    plan_digest: contract.plan_digest.toString('hex'),
    is_sound: reviewed.isSound,
    origin: { ...presentableOrigin(contract), issue: view.issue && issueOf(view.issue) },
    validator_verdict: proposalOf(file.proposal ?? view.revisionProposal),
    proposed_changes: changesOf(contract, registry),
    affected_capabilities: contract.affected_capabilities.map((name) =>
      capabilityOf(name, registry.capabilities.get(name), health),
    ),
    risk: { level: contract.risk_level, health_impact: presentable(contract.health_impact) },
    eligibility: verdict && eligibilityOf(verdict),
    system_health: { state: health.stateOf('SYSTEM'), version: health.healthVersion },
    activation: activationOf(contract, now),
    clarification: presentable(contract.clarification),
    actions: { approve: offerOf(view.approvalObstacle), reject: offerOf(view.rejectionObstacle) },
    approval_means: APPROVAL_MEANS,
    progress: presentable(view.progress),
    dossier: dossierOf(file),
  };
}

function presentableOrigin({ origin }: ContractChanged) {
  return { ...origin, received_at: instant(origin.received_at) };
}

function issueOf(issue: IssueReceived) {
  const { issue_id, subject, body, hints, payload_digest, recurrence_of, related_to, follows } = issue;
  return {
    issue_id,
    subject,
    body,
    hints: presentable(hints),
    payload_digest: payload_digest.toString('hex'),
    recurrence_of,
    related_to,
    follows,
  };
}

function proposalOf(proposal: ProposalMade | null): Shown {
  if (!proposal) return null;
  const { issue_type, severity, confidence_score, recommended_action, reason, evidence } = proposal;
  const { suggestions, unknown_capabilities, validator_version } = proposal;
  return presentable({
    issue_type,
    severity,
    confidence_score,
    recommended_action,
    reason,
    evidence,
    suggestions,
    unknown_capabilities,
    validator_version,
  });
}

/** Each change beside what is there now: where that is no longer the old value, the step would fail. */
function changesOf(contract: ContractChanged, registry: Registry): Shown {
  return contract.proposed_changes.map(changeFromWire).map((change): Shown => {
    const present = registry.capabilities.get(change.capability);
    if (change.kind === 'capability_enable' || change.kind === 'capability_disable') {
      return { ...change, present: present ? { enabled: present.enabled, lifecycle: present.lifecycle } : null };
    }
    const settings = change.kind === 'parameter_change' ? change.settings : [change.setting];
    return {
      kind: change.kind,
      capability: change.capability,
      settings: settings.map((s) => ({ key: s.key, old: s.old, new: s.new, present: present?.values[s.key] ?? null })),
    };
  });
}

function capabilityOf(name: string, state: CapabilityState | undefined, health: HealthView) {
  return {
    name,
    health: health.stateOf(name),
    blocking_signals: presentable(health.blockingSignals([name])),
    description: state?.definition.description ?? null,
    owner: state?.definition.owner ?? null,
    frozen: state?.definition.frozen ?? null,
    enabled: state?.enabled ?? null,
    lifecycle: state?.lifecycle ?? null,
    values: state?.values ?? null,
    version: state?.version ?? null,
    provisional_contract_id: state?.provisional_contract_id ?? null,
  };
}

function eligibilityOf(verdict: EligibilityJudged) {
  return {
    verdict: verdict.verdict,
    rules_passed: verdict.rules.filter((r) => r.passed).length,
    rules_total: verdict.rules.length,
    first_failing_rule: verdict.first_failing_rule,
    rules: presentable(verdict.rules),
    facts: presentable(verdict.facts, 'facts'),
    rules_version: verdict.rules_version,
    judged_at: instant(verdict.judged_at),
  };
}

function activationOf(contract: ContractChanged, now: number) {
  const { start, end } = defaultWindow(now);
  const { approval } = contract;
  return {
    default_window: { window_start: instant(start), window_end: instant(end) },
    constraints: contract.constraints,
    approval: approval && { ...(presentable(approval) as object), statement: approval.statement.toString('utf8') },
  };
}

function offerOf(obstacle: Refusal | null) {
  return obstacle
    ? { is_offered: false, code: obstacle.code, sentence: refusalText(obstacle) }
    : { is_offered: true, code: null, sentence: null };
}
