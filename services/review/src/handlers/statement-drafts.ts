import { randomUUID } from 'node:crypto';
import type { ApprovalStatement, AttestStatement, Constraints, ResolveStatement } from '@mandate/contracts';
import { decode } from '@mandate/schemas';
import { Keyring, Reference } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { toReviewedAudit } from '../adapters/audit-concluded.wire';
import { ContractStore } from '../adapters/contract.store';
import { openContract, toReviewed } from '../adapters/contract-changed.wire';
import { IncidentStore } from '../adapters/incident.store';
import { toReviewedIncident } from '../adapters/incident-changed.wire';
import { ProgressStore } from '../adapters/progress.store';
import type { approvalStatementBody, attestationStatementBody } from '../api/action.schema';
import { areTightened } from '../domain/constraints';
import { approvalObstacle } from '../domain/decide-approval';
import { attestationObstacle, checksProblem } from '../domain/decide-attestation';
import { incidentObstacle } from '../domain/decide-incident';
import { isReason } from '../domain/decide-rejection';
import { type Refusal, refuse } from '../domain/refusal';
import { defaultWindow, windowProblem } from '../domain/window';
import { refusalProblem } from './problem';

interface Frame {
  readonly founder: { readonly subject: string; readonly sessionId: string };
  readonly now: number;
}

/** How long a founder may take to sign and send. */
const NOT_AFTER_MS = 600_000;

/** Writes statements for founders to sign, of what stands here now; what would be refused anyway is refused here. */
@Injectable()
export class StatementDrafts {
  constructor(
    private readonly contracts: ContractStore,
    private readonly progress: ProgressStore,
    private readonly incidents: IncidentStore,
    private readonly reference: Reference,
    private readonly keyring: Keyring,
  ) {}

  async approval(
    contractId: string,
    wanted: z.output<typeof approvalStatementBody>,
    { dossierSeen, ...frame }: Frame & { readonly dossierSeen: Buffer | null },
  ): Promise<ApprovalStatement> {
    const stored = await this.contracts.find(contractId);
    if (!stored) throw refusalProblem(refuse('NOT_FOUND'));
    const reviewed = toReviewed(openContract(stored.value), []);
    const { now } = frame;
    const [health, registry] = await Promise.all([this.reference.health(now), this.reference.registry()]);
    const { founders } = this.keyring.manifest;
    refuseFor(approvalObstacle(reviewed, { now, health, capabilities: registry.capabilities, founders }));
    if (dossierSeen && !dossierSeen.equals(reviewed.dossierDigest)) throw refusalProblem(refuse('DOSSIER_CHANGED'));
    const window = windowOf(wanted, now);
    const outside = windowProblem(window, now);
    if (outside) throw refusalProblem(refuse(outside));
    const constraints: Constraints = { ...reviewed.constraints, ...given(wanted.constraints ?? {}) };
    if (!areTightened(constraints, reviewed.constraints)) throw refusalProblem(refuse('CONSTRAINTS_WIDENED'));
    return {
      ...signed('mandate-approval-v1', 'APPROVE', contractId, frame),
      dossier_digest: reviewed.dossierDigest.toString('hex'),
      plan_digest: reviewed.planDigest.toString('hex'),
      window_start: window.start,
      window_end: window.end,
      constraints,
    };
  }

  async attestation(
    auditId: string,
    { checks, reason }: z.output<typeof attestationStatementBody>,
    frame: Frame,
  ): Promise<AttestStatement> {
    const stored = await this.progress.audit(auditId);
    if (!stored) throw refusalProblem(refuse('NOT_FOUND'));
    const audit = toReviewedAudit(stored.value, stored.is_superseded);
    const sorted = [...new Set(checks)].sort();
    refuseFor(attestationObstacle(audit) ?? checksProblem(sorted, audit) ?? reasonProblem(reason));
    return {
      ...signed('mandate-attest-v1', 'ATTEST', audit.contractId, frame),
      audit_id: auditId,
      audit_digest: audit.digest.toString('hex'),
      checks: sorted,
      reason: reason.trim(),
    };
  }

  async resolution(incidentId: string, reason: string, frame: Frame): Promise<ResolveStatement> {
    const stored = await this.incidents.find(incidentId);
    if (!stored) throw refusalProblem(refuse('NOT_FOUND'));
    const incident = toReviewedIncident(decode('IncidentChanged', stored.value));
    refuseFor(incidentObstacle(incident) ?? reasonProblem(reason));
    return {
      ...signed('mandate-resolve-v1', 'RESOLVE', incident.contractId, frame),
      incident_id: incidentId,
      incident_version: incident.version,
      reason: reason.trim(),
    };
  }
}

function signed<F extends string, P extends string>(format: F, purpose: P, contractId: string, frame: Frame) {
  const { founder, now } = frame;
  return {
    format,
    purpose,
    contract_id: contractId,
    founder: founder.subject,
    session_id: founder.sessionId,
    nonce: randomUUID(),
    not_after: now + NOT_AFTER_MS,
  };
}

function windowOf({ window_start, window_end }: z.output<typeof approvalStatementBody>, now: number) {
  const start = window_start ? Date.parse(window_start) : now;
  return { start, end: window_end ? Date.parse(window_end) : defaultWindow(start).end };
}

/** Only what was given: what is left out keeps its default. */
function given<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

function reasonProblem(reason: string): Refusal | null {
  return isReason(reason) ? null : refuse('REASON_TOO_SHORT');
}

function refuseFor(refusal: Refusal | null): void {
  if (refusal) throw refusalProblem(refusal);
}
