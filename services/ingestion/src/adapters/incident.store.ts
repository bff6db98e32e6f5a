import type { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { IncidentNews } from '../domain/tell-incident';

/** Incidents as far as heard. */
@Injectable()
export class IncidentStore {
  async heard(tx: Tx, incidentIds: readonly string[]): Promise<Map<string, { version: number; state: string }>> {
    const rows = await tx.rows<{ incident_id: string; version: string; state: string }>(
      'SELECT incident_id, version, state FROM incidents_heard WHERE incident_id = ANY ($1::uuid[]) ORDER BY incident_id FOR UPDATE',
      [incidentIds],
    );
    return new Map(rows.map((r) => [r.incident_id, { version: Number(r.version), state: r.state }]));
  }

  /** One statement; the higher version wins. */
  async save(tx: Tx, incidents: readonly IncidentNews[]): Promise<void> {
    if (incidents.length === 0) return;
    await tx.run(
      `INSERT INTO incidents_heard (incident_id, contract_id, version, state)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[])
       ON CONFLICT (incident_id) DO UPDATE SET version = excluded.version, state = excluded.state
         WHERE incidents_heard.version < excluded.version`,
      [
        incidents.map((i) => i.incidentId),
        incidents.map((i) => i.contractId),
        incidents.map((i) => i.version),
        incidents.map((i) => i.state),
      ],
    );
  }
}
