import { type ContractChanged, decode } from '@mandate/schemas';
import { Keyring, Reference, type Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import { toReviewedAudit } from '../adapters/audit-concluded.wire';
import { ContractStore } from '../adapters/contract.store';
import { openContract, toReviewed } from '../adapters/contract-changed.wire';
import { EventStore } from '../adapters/event.store';
import { IncidentStore } from '../adapters/incident.store';
import { toReviewedIncident } from '../adapters/incident-changed.wire';
import { IssueStore } from '../adapters/issue.store';
import { ProgressStore } from '../adapters/progress.store';
import { type Basis, modifiedPart, type Particulars, signedPart } from '../adapters/review-decided.wire';
import type { Action, Attest, ContractAction, IncidentAction, IssueAction } from '../domain/action';
import type { Circumstances } from '../domain/contract';
import { decide } from '../domain/decide';
import { decideAttestation } from '../domain/decide-attestation';
import { decideAcknowledgement, decideResolution } from '../domain/decide-incident';
import { decideIssueAcknowledgement } from '../domain/decide-issue';
import { explicitChanges, namedCapabilities } from '../domain/modification';
import { type Judged, refusedAs } from './judged';
import { claimedOf } from './statement-claims';

type Present = Circumstances & Pick<Basis, 'registryVersion' | 'healthVersion'>;

/** Gathers what an action is decided on, within its transaction, and lets the domain decide. */
@Injectable()
export class Judges {
  constructor(
    private readonly contracts: ContractStore,
    private readonly progress: ProgressStore,
    private readonly incidents: IncidentStore,
    private readonly issues: IssueStore,
    private readonly events: EventStore,
    private readonly reference: Reference,
    private readonly keyring: Keyring,
  ) {}

  async judge(tx: Tx, action: Action, now: number): Promise<Judged> {
    switch (action.kind) {
      case 'ATTEST':
        return this.judgeAttestation(tx, action, await this.present(tx, now));
      case 'ACKNOWLEDGE_INCIDENT':
      case 'RESOLVE_INCIDENT':
        return this.judgeIncident(tx, action, await this.present(tx, now));
      case 'ACKNOWLEDGE_ISSUE':
        return this.judgeIssue(tx, action, now);
      default:
        return this.judgeContract(tx, action, now);
    }
  }

  private async present(tx: Tx, now: number): Promise<Present> {
    const [health, registry] = [await this.reference.health(now, tx), await this.reference.registry(tx)];
    const { founders } = this.keyring.manifest;
    const versions = { registryVersion: registry.registry_version, healthVersion: health.healthVersion };
    return { now, health, capabilities: registry.capabilities, founders, ...versions };
  }

  private async judgeContract(tx: Tx, action: ContractAction, now: number): Promise<Judged> {
    const stored = await this.contracts.lock(tx, action.contractId);
    const at = await this.present(tx, now);
    const file = stored && openContract(stored.value);
    if (!stored || !file) return refusedAs(decide(action, null, at) ?? { code: 'NOT_FOUND' });
    const scope = action.kind === 'MODIFY_SCOPE' ? await this.contracts.scopeOf(action.contractId, tx) : [];
    const { contract } = file;
    return {
      refusal: decide(action, toReviewed(file, scope), at),
      contractId: contract.contract_id,
      versionSeen: contract.version,
      reason: null,
      say: {
        basis: { ...versionsOf(at), contract, cited: stored.mandate, versionSeen: contract.version },
        particularsOf: ({ eventId }) => particularsOf(action, contract, at, eventId),
      },
    };
  }

  private async judgeAttestation(tx: Tx, action: Attest, at: Present): Promise<Judged> {
    const stored = await this.progress.audit(action.auditId, tx);
    if (!stored) return refusedAs({ code: 'NOT_FOUND' });
    const audit = decode('AuditConcluded', stored.value);
    const contract = await this.lockTerms(tx, audit.contract_id);
    if (!contract) return refusedAs({ code: 'NOT_FOUND' });
    const claimed = claimedOf(action.attestation);
    return {
      refusal: decideAttestation(action, toReviewedAudit(stored.value, stored.is_superseded), at),
      contractId: audit.contract_id,
      versionSeen: contract.version,
      reason: claimed.reason,
      say: {
        basis: { ...versionsOf(at), contract, cited: stored.mandate, versionSeen: contract.version },
        particularsOf: () => ({ ...signedPart(action.attestation), attested_checks: claimed.checks }),
      },
    };
  }

  private async judgeIncident(tx: Tx, action: IncidentAction, at: Present): Promise<Judged> {
    const stored = await this.incidents.find(action.incidentId, tx);
    if (!stored) return refusedAs({ code: 'NOT_FOUND' });
    const incident = decode('IncidentChanged', stored.value);
    const contract = await this.lockTerms(tx, incident.contract_id);
    if (!contract) return refusedAs({ code: 'NOT_FOUND' });
    const reviewed = toReviewedIncident(incident);
    const isResolution = action.kind === 'RESOLVE_INCIDENT';
    return {
      refusal: isResolution ? decideResolution(action, reviewed, at) : decideAcknowledgement(action, reviewed),
      contractId: incident.contract_id,
      versionSeen: incident.version,
      reason: isResolution ? claimedOf(action.resolution).reason : null,
      say: {
        basis: { ...versionsOf(at), contract, cited: stored.mandate, versionSeen: incident.version },
        particularsOf: () => (isResolution ? signedPart(action.resolution) : {}),
      },
    };
  }

  private async judgeIssue(tx: Tx, action: IssueAction, now: number): Promise<Judged> {
    const issue = await this.issues.lockEscalated(tx, action.issueId);
    const { issueId, note, actor: by } = action;
    return {
      ...refusedAs({ code: 'NOT_FOUND' }),
      refusal: decideIssueAcknowledgement(action, issue),
      settle: async ({ eventId }) => {
        const revision = issue?.revision ?? 0;
        await this.issues.acknowledge(tx, { issueId, revision, eventId, by, note: note.trim(), at: now });
        const body = { issue_id: issueId, contract_id: null, why: 'ACKNOWLEDGED' };
        await this.events.append(tx, [{ name: 'attention', body }], now);
      },
    };
  }

  /** Decisions about one contract follow one another: their numbers count. */
  private async lockTerms(tx: Tx, contractId: string): Promise<ContractChanged | null> {
    const stored = await this.contracts.lock(tx, contractId);
    return stored && openContract(stored.value).contract;
  }
}

function versionsOf({ registryVersion, healthVersion }: Present) {
  return { registryVersion, healthVersion };
}

function particularsOf(
  action: ContractAction,
  contract: ContractChanged,
  { capabilities }: Present,
  eventId: string,
): Particulars {
  switch (action.kind) {
    case 'APPROVE':
      return signedPart(action.approval);
    case 'REQUEST_CLARIFICATION':
      return { clarification_request_id: eventId };
    case 'PROVIDE_CLARIFICATION':
      return { clarification_request_id: contract.clarification?.request_id ?? null };
    case 'MODIFY_SCOPE': {
      const changes = explicitChanges(action.changes, capabilities);
      return modifiedPart(changes, namedCapabilities(changes, action.capabilities));
    }
    default:
      return {};
  }
}
