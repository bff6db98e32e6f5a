import type { Says } from '@mandate/contracts';
import type { IncidentChanged, Recorded } from '@mandate/schemas';
import { citing, type Outgoing, say } from '@mandate/service-kit';
import { evolveIncident, type Incident, type IncidentEvent } from '../domain/incident';
import type { StoredContract } from './contract-row';

export interface LoggedIncident {
  readonly incidentId: string;
  readonly recorded: Recorded;
}

/** The incidents of one batch in memory, as `ContractBook` is for contracts. */
export class IncidentBook {
  private readonly entries = new Map<
    string,
    { readonly incident: Incident; readonly isNew: boolean; readonly isChanged: boolean }
  >();
  readonly outgoing: Outgoing[] = [];
  readonly log: LoggedIncident[] = [];

  constructor(
    incidents: readonly Incident[],
    private readonly now: number,
  ) {
    for (const incident of incidents)
      this.entries.set(incident.contractId, { incident, isNew: false, isChanged: false });
  }

  get(contractId: string): Incident | undefined {
    return this.entries.get(contractId)?.incident;
  }

  rows(): { readonly inserted: readonly Incident[]; readonly updated: readonly Incident[] } {
    const changed = [...this.entries.values()].filter((e) => e.isChanged);
    const of = (isNew: boolean) => changed.filter((e) => e.isNew === isNew).map((e) => e.incident);
    return { inserted: of(true), updated: of(false) };
  }

  /** Contracts whose capabilities need no longer be held: rolled back, or resolved by the founder. */
  released(): readonly string[] {
    const closed = [...this.entries.values()].filter((e) => e.isChanged && RELEASING.includes(e.incident.state));
    return closed.map((e) => e.incident.contractId);
  }

  /** Records what one cause did to the incident of a contract. @param cause mandate bytes that permit it */
  record({ contract, papers }: StoredContract, events: readonly IncidentEvent[], cause: Buffer): void {
    const { contractId } = contract.terms;
    const entry = this.entries.get(contractId);
    let incident = entry?.incident ?? null;
    const recorded: Recorded[] = [];
    for (const event of events) {
      const next: Incident = evolveIncident(incident, event);
      const { cause: by, actor, code, reason, at } = event;
      recorded.push({
        version: next.version,
        from: incident?.state ?? null,
        to: next.state,
        cause: by,
        actor,
        code,
        reason,
        at,
      });
      incident = next;
    }
    if (!incident || recorded.length === 0) return;
    const { incidentId } = incident;
    for (const r of recorded) this.log.push({ incidentId, recorded: r });
    this.entries.set(contractId, { incident, isNew: entry?.isNew ?? !entry, isChanged: true });
    this.outgoing.push(
      say({
        message: 'IncidentChanged',
        key: contractId,
        value: toValue(incident, contract.terms, entry?.incident.version ?? 0, recorded),
        says: `INCIDENT_${incident.state}` as Says,
        issueId: contract.terms.issueId,
        version: incident.version,
        planDigest: contract.terms.planDigest,
        cites: citing(cause),
        permits: { may: papers.may, approve: papers.approve },
        now: this.now,
      }),
    );
  }
}

const RELEASING: readonly Incident['state'][] = ['ROLLED_BACK', 'RESOLVED'];

function toValue(
  incident: Incident,
  terms: StoredContract['contract']['terms'],
  fromVersion: number,
  recorded: readonly Recorded[],
): IncidentChanged {
  return {
    incident_id: incident.incidentId,
    contract_id: incident.contractId,
    issue_id: terms.issueId,
    origin: terms.origin,
    from_version: fromVersion,
    version: incident.version,
    changes: recorded,
    state: incident.state,
    title: incident.title,
    reason: incident.reason,
    rollback_attempts: incident.rollbackAttempts,
    left_behind: incident.leftBehind,
    acknowledged_by: incident.acknowledgedBy,
    resolved_by: incident.resolvedBy,
    plan_digest: terms.planDigest,
    opened_at: incident.openedAt,
    changed_at: incident.changedAt,
  };
}
