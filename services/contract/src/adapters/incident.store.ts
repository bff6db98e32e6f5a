import type { Recorded } from '@mandate/schemas';
import type { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { Incident, IncidentState, LeftBehind } from '../domain/incident';
import { type Column, insertion, number, run, storable, updating } from './columns';
import type { IncidentBook, LoggedIncident } from './incident-book';

interface IncidentRow {
  readonly incident_id: string;
  readonly contract_id: string;
  readonly version: string;
  readonly state: IncidentState;
  readonly title: string;
  readonly reason: string;
  readonly rollback_attempts: number;
  readonly left_behind: readonly LeftBehind[];
  readonly acknowledged_by: string | null;
  readonly resolved_by: string | null;
  readonly opened_at: string;
  readonly changed_at: string;
}

const KEY: Column<Incident> = { name: 'incident_id', type: 'uuid', of: (i) => i.incidentId };
const FIXED: readonly Column<Incident>[] = [
  { name: 'contract_id', type: 'uuid', of: (i) => i.contractId },
  { name: 'title', type: 'text', of: (i) => storable(i.title) },
  { name: 'reason', type: 'text', of: (i) => storable(i.reason) },
  { name: 'opened_at', type: 'bigint', of: (i) => i.openedAt },
];
const MOVING: readonly Column<Incident>[] = [
  { name: 'version', type: 'bigint', of: (i) => i.version },
  { name: 'state', type: 'text', of: (i) => i.state },
  { name: 'rollback_attempts', type: 'int', of: (i) => i.rollbackAttempts },
  { name: 'left_behind', type: 'text', as: 'json', of: (i) => JSON.stringify(i.leftBehind) },
  { name: 'acknowledged_by', type: 'text', of: (i) => i.acknowledgedBy },
  { name: 'resolved_by', type: 'text', of: (i) => i.resolvedBy },
  { name: 'changed_at', type: 'bigint', of: (i) => i.changedAt },
];
const ofRecord = (name: string, type: string, of: (r: Recorded) => unknown): Column<LoggedIncident> => ({
  name,
  type,
  of: (l) => of(l.recorded),
});
const LOG: readonly Column<LoggedIncident>[] = [
  { name: 'incident_id', type: 'uuid', of: (l) => l.incidentId },
  ofRecord('version', 'bigint', (r) => r.version),
  ofRecord('from_state', 'text', (r) => r.from),
  ofRecord('to_state', 'text', (r) => r.to),
  ofRecord('cause', 'text', (r) => r.cause),
  ofRecord('actor', 'text', (r) => storable(r.actor)),
  ofRecord('code', 'text', (r) => r.code),
  ofRecord('reason', 'text', (r) => storable(r.reason ?? '')),
  ofRecord('at', 'bigint', (r) => r.at),
];

/** Incidents, one per failed contract, and their log. */
@Injectable()
export class IncidentStore {
  /** Locks the incidents of these contracts. Their contracts are locked already, so the order cannot cross. */
  async lock(tx: Tx, contractIds: readonly string[]): Promise<Incident[]> {
    if (contractIds.length === 0) return [];
    const rows = await tx.rows<IncidentRow>(
      'SELECT * FROM incidents WHERE contract_id = ANY ($1::uuid[]) ORDER BY contract_id FOR UPDATE',
      [contractIds],
    );
    return rows.map((r) => ({
      incidentId: r.incident_id,
      contractId: r.contract_id,
      version: number(r.version),
      state: r.state,
      title: r.title,
      reason: r.reason,
      rollbackAttempts: r.rollback_attempts,
      leftBehind: r.left_behind,
      acknowledgedBy: r.acknowledged_by,
      resolvedBy: r.resolved_by,
      openedAt: number(r.opened_at),
      changedAt: number(r.changed_at),
    }));
  }

  async save(tx: Tx, book: IncidentBook): Promise<void> {
    const { inserted, updated } = book.rows();
    await run(tx, inserted, (rows) => insertion('incidents', [KEY, ...FIXED, ...MOVING], rows));
    await run(tx, updated, (rows) => updating('incidents', KEY, MOVING, rows));
    await run(tx, book.log, (rows) => insertion('incident_log', LOG, rows));
  }
}
