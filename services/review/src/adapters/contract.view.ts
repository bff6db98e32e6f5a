import type { Registry } from '@mandate/contracts';
import type { AuditConcluded, ContractChanged, IssueReceived, ProposalMade } from '@mandate/schemas';
import type { HealthView } from '@mandate/service-kit';
import type { ContractPage } from '../api/contract.schema';
import type { ReviewedContract } from '../domain/contract';
import type { Refusal } from '../domain/refusal';
import { defaultWindow, WINDOW_BOUNDS } from '../domain/window';
import { toCapability, toSignals } from './capability.view';
import { toChanges } from './change.view';
import type { ClarificationRound } from './contract.store';
import { type ContractFile, dossierOf } from './contract-changed.wire';
import { toEligibility, toValidatorVerdict } from './eligibility.view';
import type { Note } from './history.view';
import { toLineage, toTtl } from './lineage.view';
import { toOffer } from './offer.view';
import { instant } from './presentable';
import type { Progress } from './progress.store';
import { toAudit, toEvaluation, toIncident, toJob } from './progress.view';
import { toHeader } from './queue.view';

/** What stands against each action now; null where nothing does. */
export interface Obstacles {
  readonly approve: Refusal | null;
  readonly reject: Refusal | null;
  readonly question: Refusal | null;
  readonly answer: Refusal | null;
  readonly modification: Refusal | null;
  readonly incident: Refusal | null;
  readonly attestation: (audit: AuditConcluded) => Refusal | null;
}

/** Everything that the review page shows of one contract. */
export interface ContractView {
  readonly file: ContractFile;
  readonly reviewed: ReviewedContract;
  readonly revisionsLeft: number;
  readonly issue: IssueReceived | null;
  /** A revision's advice before it is judged. */
  readonly revisionProposal: ProposalMade | null;
  readonly registry: Registry;
  readonly health: HealthView;
  readonly progress: Progress;
  readonly rounds: readonly ClarificationRound[];
  readonly notes: readonly Note[];
  /** The contract with all that it revises and all that revise it. */
  readonly lineage: readonly ContractChanged[];
  readonly obstacles: Obstacles;
  /** Names of whoever judges, in lower case. */
  readonly founders: ReadonlySet<string>;
  readonly now: number;
}

export const APPROVAL_MEANS =
  'I have reviewed this contract, understand its scope and risk, authorise its execution within the window, and accept responsibility.';

/** The whole review page, in the order of the founding text. */
export function toContractPage(view: ContractView): ContractPage {
  const { file, reviewed, registry, health, now, obstacles } = view;
  const { contract, verdict, proposal } = file;
  const advice = proposal ?? view.revisionProposal;
  const rounds = view.rounds.map(toRound);
  return {
    ...toHeader(contract, view.founders),
    status_reason: contract.status_reason,
    successor_contract_id: contract.successor_contract_id,
    plan_digest: contract.plan_digest.toString('hex'),
    is_sound: reviewed.isSound,
    origin: toOrigin(contract, view.issue),
    validator_verdict: advice && toValidatorVerdict(advice),
    proposed_changes: toChanges(contract, registry),
    affected_capabilities: contract.affected_capabilities.map((name) => toCapability(name, registry, health)),
    risk: { level: contract.risk_level, health_impact: { ...contract.health_impact } },
    eligibility: verdict && proposal && toEligibility(verdict, proposal),
    system_health: {
      state: health.stateOf('SYSTEM'),
      version: health.healthVersion,
      blocking_signals: toSignals(health, []),
    },
    activation: toActivation(contract, now),
    changed_since_approval: contract.since_approval.map(({ now: present, ...fact }) => ({ ...fact, present })),
    clarification: contract.clarification && toRound(contract.clarification),
    clarification_rounds: rounds,
    notes: view.notes.map(({ by, at, text, isLateAnswer }) => ({
      by,
      at: instant(at),
      text,
      is_late_answer: isLateAnswer,
    })),
    ttl: toTtl(contract, now),
    lineage: toLineage(view.lineage),
    actions: {
      approve: toOffer(obstacles.approve),
      reject: toOffer(obstacles.reject),
      request_clarification: toOffer(obstacles.question),
      provide_clarification: toOffer(obstacles.answer),
      modify_scope: toOffer(obstacles.modification),
      note: toOffer(null),
    },
    modification: {
      revisions_left: view.revisionsLeft,
      capabilities: reviewed.scopeCapabilities.map((name) => toCapability(name, registry, health)),
    },
    approval_means: APPROVAL_MEANS,
    progress: toProgress(view.progress, obstacles),
    dossier: dossierOf(file),
  };
}

function toOrigin({ origin }: ContractChanged, issue: IssueReceived | null): ContractPage['origin'] {
  return {
    source: origin.source,
    source_system: origin.source_system,
    reference: origin.reference,
    submitter: origin.submitter,
    tenant: origin.tenant,
    received_at: instant(origin.received_at),
    issue: issue && {
      issue_id: issue.issue_id,
      subject: issue.subject,
      body: issue.body,
      hints: { ...issue.hints, capabilities: [...issue.hints.capabilities] },
      payload_digest: issue.payload_digest.toString('hex'),
      recurrence_of: issue.recurrence_of,
      related_to: issue.related_to,
      follows: issue.follows,
    },
  };
}

function toRound({ request_id, question, requested_at, answer, answered_at }: ClarificationRound) {
  return { request_id, question, requested_at: instant(requested_at), answer, answered_at: instant(answered_at) };
}

function toActivation({ constraints, approval }: ContractChanged, now: number): ContractPage['activation'] {
  const { start, end } = defaultWindow(now);
  return {
    default_window: { window_start: instant(start), window_end: instant(end) },
    bounds: { start_ahead_ms_max: WINDOW_BOUNDS.startAheadMsMax, length_ms_max: WINDOW_BOUNDS.lengthMsMax },
    constraints: { ...constraints, allowed_targets: [...constraints.allowed_targets] },
    approval: approval && {
      approved_by: approval.approved_by,
      approved_at: instant(approval.approved_at),
      window_start: instant(approval.window_start),
      window_end: instant(approval.window_end),
      key_id: approval.key_id,
      statement: approval.statement.toString('utf8'),
      signature: approval.signature.toString('hex'),
    },
  };
}

function toProgress(progress: Progress, obstacles: Obstacles): ContractPage['progress'] {
  const { jobs, evaluations, audits, incident } = progress;
  return {
    jobs: jobs.map(toJob),
    evaluations: evaluations.map(toEvaluation),
    audits: audits.map(({ audit, bytes }) => toAudit(audit, bytes, obstacles.attestation(audit))),
    incident: incident && toIncident(incident, obstacles.incident),
  };
}
