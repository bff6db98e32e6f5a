import { REFUSAL_CODES, type RefusalCode } from '@mandate/contracts';
import { Database } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';

interface Change {
  readonly state: string;
  readonly version: number;
  readonly code: RefusalCode | null;
}

/** What became of a decision: the first word on it of whoever it was for. */
export type Outcome = Change &
  (
    | { readonly of: 'contract'; readonly contractId: string; readonly successorId: string | null }
    | { readonly of: 'incident'; readonly incidentId: string }
    | { readonly of: 'audit'; readonly auditId: string; readonly isFinal: boolean }
  );

interface DecisionRow {
  readonly digest: Buffer;
  readonly contract_id: string;
  readonly says: string;
}
interface ChangeRow {
  readonly state: string;
  readonly version: string;
  readonly code: string | null;
}

/** Finds the answers to decisions among what has been heard since: on any replica, since the wait is on the database. */
@Injectable()
export class OutcomeStore {
  constructor(private readonly database: Database) {}

  /** @returns null while nobody has spoken. A refused decision is recorded with its code and moves nothing. */
  async of(decisionId: string): Promise<Outcome | null> {
    const [decision] = await this.database.rows<DecisionRow>(
      'SELECT digest, contract_id, says FROM decisions WHERE decision_id = $1',
      [decisionId],
    );
    if (!decision) return null;
    switch (decision.says) {
      case 'ACKNOWLEDGE':
      case 'RESOLVE':
        return this.ofIncident(decision);
      case 'ATTEST':
        return (await this.ofAudit(decision)) ?? this.refusedAttestation(decision);
      default:
        return this.ofContract(decision);
    }
  }

  private async ofContract({ digest, contract_id: contractId }: DecisionRow): Promise<Outcome | null> {
    // A modification speaks on two contracts: the answer is what it says on the one that was decided on.
    const [row] = await this.database.rows<ChangeRow & { successor: string | null }>(
      `SELECT to_status AS state, version, code, (SELECT contract_id FROM contract_changes WHERE decision = $1 AND contract_id <> $2 LIMIT 1) AS successor
       FROM contract_changes WHERE decision = $1 AND contract_id = $2 ORDER BY version LIMIT 1`,
      [digest, contractId],
    );
    return row ? { of: 'contract', contractId, successorId: row.successor, ...changeOf(row) } : null;
  }

  private async ofIncident({ digest }: DecisionRow): Promise<Outcome | null> {
    const [row] = await this.database.rows<ChangeRow & { incident_id: string }>(
      `SELECT c.to_state AS state, c.version, c.code, i.incident_id FROM incident_changes c JOIN incidents i USING (contract_id)
       WHERE c.decision = $1 ORDER BY c.version LIMIT 1`,
      [digest],
    );
    return row ? { of: 'incident', incidentId: row.incident_id, ...changeOf(row) } : null;
  }

  private async ofAudit({ digest }: DecisionRow): Promise<Outcome | null> {
    const [row] = await this.database.rows<{ audit_id: string; state: string; version: string; is_final: boolean }>(
      'SELECT audit_id, verdict AS state, version, is_final FROM audits WHERE decision = $1 ORDER BY version LIMIT 1',
      [digest],
    );
    return row
      ? { of: 'audit', auditId: row.audit_id, isFinal: row.is_final, ...changeOf({ ...row, code: null }) }
      : null;
  }

  /** The contract service keeps an attestation only where it does not count. */
  private async refusedAttestation(decision: DecisionRow): Promise<Outcome | null> {
    const outcome = await this.ofContract(decision);
    return outcome?.code ? outcome : null;
  }
}

function changeOf({ state, version, code }: ChangeRow): Change {
  const isRefusal = REFUSAL_CODES.some((known) => known === code);
  return { state, version: Number(version), code: isRefusal ? (code as RefusalCode) : null };
}
