import {
  type CapabilityDefinition,
  type Change,
  canonicalJson,
  changeFromWire,
  dossierDigest,
  type FounderKey,
  type Json,
  planDigest,
  sha256,
  verifyApproval,
} from '@mandate/contracts';
import { type JudgedProposal, judgeAgain, type RuleParameters, type RuleResult } from '@mandate/judgement';
import {
  type CapabilityVersion,
  type ContractChanged,
  decode,
  type EligibilityJudged,
  type JobEvaluated,
} from '@mandate/schemas';
import type {
  ApprovalFile,
  CapabilityFile,
  ContractFile,
  EligibilityFile,
  EvaluationFile,
  HealthFile,
  JobFile,
  LiveState,
} from '../domain/case-file';
import { type EvidenceRow, refOf } from './evidence.store';

/** The contract that ordered the job, with its plan computed again and the founder's signature verified again. */
export function toContractFile(
  row: EvidenceRow,
  approve: EvidenceRow | undefined,
  founders: readonly FounderKey[],
): ContractFile {
  const value = decode('ContractChanged', row.value);
  const changes = value.proposed_changes.map(changeFromWire);
  return {
    ref: refOf(row),
    contractId: value.contract_id,
    changes,
    capabilities: value.affected_capabilities,
    planDigest: value.plan_digest.toString('hex'),
    recomputedPlanDigest: planDigest({ changes, affected_capabilities: value.affected_capabilities }).toString('hex'),
    approval: toApprovalFile(value, changes, approve, founders),
  };
}

function toApprovalFile(
  value: ContractChanged,
  changes: readonly Change[],
  approve: EvidenceRow | undefined,
  founders: readonly FounderKey[],
): ApprovalFile | null {
  const { approval } = value;
  if (!approval) return null;
  const { window_start: windowStart, window_end: windowEnd } = approval;
  const refused = (problem: string): ApprovalFile => ({
    problem,
    founder: null,
    windowStart,
    windowEnd,
    allowedTargets: [],
  });
  const dossier = recomputedDossier(value, changes);
  if (!dossier.equals(value.dossier_digest))
    return refused("the dossier is not the one that the contract's digest names");
  const plan = planDigest({ changes, affected_capabilities: value.affected_capabilities });
  const about = {
    contractId: value.contract_id,
    dossierDigest: dossier,
    planDigest: plan,
    approvedAt: approval.approved_at,
  };
  const verified = verifyApproval(approval.statement, approval.signature, approval.key_id, founders, about);
  if ('problem' in verified) return refused(verified.problem);
  const { statement } = verified;
  if (statement.window_start !== windowStart || statement.window_end !== windowEnd)
    return refused('the window is not the one that was signed');
  if (statement.founder !== approval.approved_by) return refused('approved by another founder than the one who signed');
  const decided = approve && decode('ReviewDecided', approve.value).statement;
  if (decided && !decided.equals(approval.statement))
    return refused('the statement is not the one that was decided on');
  return {
    problem: null,
    founder: statement.founder,
    windowStart,
    windowEnd,
    allowedTargets: statement.constraints.allowed_targets,
  };
}

function recomputedDossier(value: ContractChanged, changes: readonly Change[]): Buffer {
  return dossierDigest({
    contract_id: value.contract_id,
    revision: value.revision,
    title: value.title,
    origin: { ...value.origin },
    payload_digest: value.payload_digest.toString('hex'),
    verdict_digest: sha256(value.verdict ?? Buffer.alloc(0)).toString('hex'),
    changes,
    affected_capabilities: value.affected_capabilities,
    constraints: value.constraints,
    risk_level: value.risk_level,
  });
}

/** A job at its end. */
export function toJobFile(row: EvidenceRow): JobFile {
  const value = decode('JobChanged', row.value);
  return {
    ref: refOf(row),
    jobId: value.job_id,
    contractId: value.contract_id,
    state: value.state,
    planDigest: value.plan_digest.toString('hex'),
    steps: value.steps.map((s) => ({
      index: s.index,
      change: changeFromWire(s.change),
      inverse: s.inverse && changeFromWire(s.inverse),
      state: s.state,
      healthSeen: s.health_seen.map(({ scope, state, version }) => ({ scope, state, version })),
      startedAt: s.started_at,
      endedAt: s.ended_at,
    })),
    versions: value.capability_versions.map((v) => ({
      capability: v.capability,
      before: v.before,
      after: v.after,
      stateBefore: toLiveState(v.state_before),
      stateAfter: toLiveState(v.state_after),
    })),
    createdAt: value.created_at,
    startedAt: value.started_at,
    endedAt: value.ended_at,
    registryVersion: value.registry_version,
  };
}

function toLiveState(json: CapabilityVersion['state_before']): LiveState | null {
  try {
    const { enabled, lifecycle, values } = JSON.parse(json) as LiveState;
    const isWhole =
      typeof enabled === 'boolean' && typeof lifecycle === 'string' && values !== null && typeof values === 'object';
    return isWhole ? { enabled, lifecycle, values } : null;
  } catch {
    return null;
  }
}

/** What health found. */
export function toEvaluationFile(value: JobEvaluated, ref: string | null): EvaluationFile {
  return {
    ref,
    capabilitiesHealthy: value.capabilities_healthy,
    executionMatched: value.execution_matched,
    invariants: value.invariants.map(({ id, holds }) => ({ id, holds })),
    windowStart: value.window_start,
    windowEnd: value.window_end,
    registryVersion: value.registry_version,
    healthVersion: value.health_version,
  };
}

/** A capability's change; what it cites is added by whoever looks that up. */
export function toCapabilityFile(
  row: EvidenceRow,
  about: Pick<CapabilityFile, 'cited' | 'isJobKnown' | 'isCatalogueAllowed'>,
): CapabilityFile {
  const value = decode('CapabilityChanged', row.value);
  const definition = JSON.parse(value.definition) as Partial<CapabilityDefinition>;
  return {
    ref: refOf(row),
    capability: value.capability,
    version: value.version,
    registryVersion: value.registry_version,
    cause: value.cause,
    contractId: value.contract_id,
    jobId: value.job_id,
    irreversibleAllowed: definition.irreversible_allowed ?? [],
    changedAt: value.changed_at,
    enabled: value.enabled,
    lifecycle: value.lifecycle,
    values: Object.fromEntries(value.values.map((v) => [v.key, JSON.parse(v.value) as Json])),
    ...about,
  };
}

/** One thing said of a scope; only governance signals are kept. */
export function toHealthFile(row: EvidenceRow): HealthFile {
  const value = decode('HealthChanged', row.value);
  const governance = value.signals.filter(
    (s) => s.decision === 'BLOCKED' && (s.kind === 'freeze' || s.kind === 'maintenance'),
  );
  return {
    ref: refOf(row),
    scope: value.scope,
    version: value.version,
    state: value.state,
    basis: value.basis,
    at: value.changed_at,
    validUntil: value.valid_until,
    scopeVersions: value.scope_versions,
    signals: governance.map((s) => ({
      scope: s.scope,
      kind: s.kind,
      author: s.author,
      raisedAt: s.observed_at,
      expiresAt: s.expires_at,
    })),
  };
}

/** The recorded verdict, judged again on its recorded facts. */
export function toEligibilityFile(
  row: EvidenceRow,
  proposal: EvidenceRow | undefined,
  allowed: readonly RuleParameters[],
): EligibilityFile {
  const value = decode('EligibilityJudged', row.value);
  const isProposalUnaltered = proposal?.value.equals(value.proposal) ?? false;
  return {
    ref: refOf(row),
    outcome: judgedAgain(value, allowed),
    rulesVersion: value.rules_version,
    isProposalUnaltered,
  };
}

function judgedAgain(value: EligibilityJudged, allowed: readonly RuleParameters[]): EligibilityFile['outcome'] {
  const made = decode('ProposalMade', value.proposal);
  const proposal: JudgedProposal = {
    ...made,
    source: made.origin.source,
    suggested_changes: made.suggested_changes.map(changeFromWire),
  };
  const again = judgeAgain(value.facts, proposal, value.rules_version, allowed);
  if (again.outcome !== 'JUDGED') return again.outcome;
  const { verdict } = again;
  const same =
    verdict.verdict === value.verdict &&
    verdict.first_failing_rule === value.first_failing_rule &&
    verdict.retry.helps === value.retry_helps &&
    verdict.retry.at === value.retry_at &&
    verdict.rules.length === value.rules.length &&
    verdict.rules.every((rule, i) => isSameResult(rule, value.rules[i]));
  return same ? 'SAME' : 'DIFFERENT';
}

function isSameResult({ id, passed, need }: RuleResult, recorded: EligibilityJudged['rules'][number] | undefined) {
  return recorded?.id === id && recorded.passed === passed && recorded.need === (need && canonicalJson(need));
}
