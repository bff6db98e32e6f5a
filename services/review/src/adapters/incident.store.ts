import type { IncidentChanged } from '@mandate/schemas';
import { Database, type Message, type Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import { decisionOf, newestBy } from './progress.store';
import { storable } from './storable';

/** An incident's newest message: its value and the header to cite it by. */
export interface StoredIncident {
  readonly value: Buffer;
  readonly mandate: Buffer;
}

/** Incidents as their last message told them, with every change before it. */
@Injectable()
export class IncidentStore {
  constructor(private readonly database: Database) {}

  /** FLOW-002: the higher version wins. */
  async project(tx: Tx, messages: readonly Message<IncidentChanged>[]): Promise<void> {
    const newest = newestBy(messages, (m) => m.value.contract_id);
    await tx.run(
      `INSERT INTO incidents (contract_id, incident_id, version, state, opened_at, value, mandate)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::bigint[], $6::bytea[], $7::bytea[])
       ON CONFLICT (contract_id) DO UPDATE SET version = excluded.version, state = excluded.state, value = excluded.value,
         mandate = excluded.mandate WHERE incidents.version < excluded.version`,
      [
        newest.map((m) => m.value.contract_id),
        newest.map((m) => m.value.incident_id),
        newest.map((m) => m.value.version),
        newest.map((m) => m.value.state),
        newest.map((m) => m.value.opened_at),
        newest.map((m) => m.bytes),
        newest.map((m) => m.mandate),
      ],
    );
    await saveChanges(tx, messages);
  }

  async find(incidentId: string, reader: Pick<Database, 'rows'> | Tx = this.database): Promise<StoredIncident | null> {
    const [row] = await reader.rows<StoredIncident>('SELECT value, mandate FROM incidents WHERE incident_id = $1', [
      incidentId,
    ]);
    return row ?? null;
  }
}

function saveChanges(tx: Tx, messages: readonly Message<IncidentChanged>[]): Promise<number> {
  const changes = messages.flatMap((m) =>
    m.value.changes.map((change) => ({ ...change, contractId: m.value.contract_id, decision: decisionOf(m) })),
  );
  return tx.run(
    `INSERT INTO incident_changes (contract_id, version, from_state, to_state, cause, actor, code, reason, at, decision)
     SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::bytea[])
     ON CONFLICT DO NOTHING`,
    [
      changes.map((c) => c.contractId),
      changes.map((c) => c.version),
      changes.map((c) => c.from),
      changes.map((c) => c.to),
      changes.map((c) => c.cause),
      changes.map((c) => storable(c.actor)),
      changes.map((c) => c.code),
      changes.map((c) => storable(c.reason)),
      changes.map((c) => c.at),
      changes.map((c) => c.decision),
    ],
  );
}
