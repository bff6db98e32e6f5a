import { sha256 } from '@mandate/contracts';
import { type AuditConcluded, decode } from '@mandate/schemas';
import type { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { Contract } from '../domain/contract';
import { type Column, insertion, run } from './columns';

/** A verdict of the auditor with what is needed to cite it later. */
export interface Verdict {
  readonly digest: Buffer;
  readonly value: AuditConcluded;
  readonly bytes: Buffer;
  readonly mandate: Buffer;
  readonly version: number;
}
/** An audit whose verdict was INCONCLUSIVE: what a founder may attest. The digest is of its value. */
export interface OpenAudit {
  readonly contractId: string;
  readonly jobId: string;
  readonly auditId: string;
  readonly auditDigest: Buffer;
}
export interface KeptVerdict {
  readonly verdict: Verdict;
  readonly outcome: 'WAITING' | 'APPLIED' | 'TOO_LATE';
  readonly receivedAt: number;
}

const COLUMNS: readonly Column<KeptVerdict>[] = [
  { name: 'digest', type: 'bytea', of: (k) => k.verdict.digest },
  { name: 'contract_id', type: 'uuid', of: (k) => k.verdict.value.contract_id },
  { name: 'job_id', type: 'uuid', of: (k) => k.verdict.value.job_id },
  { name: 'version', type: 'bigint', of: (k) => k.verdict.version },
  { name: 'verdict', type: 'text', of: (k) => k.verdict.value.verdict },
  { name: 'outcome', type: 'text', of: (k) => k.outcome },
  { name: 'value', type: 'bytea', of: (k) => k.verdict.bytes },
  { name: 'mandate', type: 'bytea', of: (k) => k.verdict.mandate },
  { name: 'received_at', type: 'bigint', of: (k) => k.receivedAt },
];

/** Every verdict of the auditor and what became of it; and how contracts ended. */
@Injectable()
export class AuditsStore {
  async keep(tx: Tx, verdicts: readonly KeptVerdict[]): Promise<void> {
    await run(tx, verdicts, (rows) =>
      insertion('audits', COLUMNS, rows, 'ON CONFLICT (digest) DO UPDATE SET outcome = excluded.outcome'),
    );
  }

  /** Verdicts that came before their job, in the auditor's order. */
  async waiting(tx: Tx, contractIds: readonly string[]): Promise<Verdict[]> {
    const rows = await tx.rows<{ digest: Buffer; value: Buffer; mandate: Buffer; version: string }>(
      `SELECT digest, value, mandate, version FROM audits WHERE outcome = 'WAITING' AND contract_id = ANY ($1::uuid[]) ORDER BY version`,
      [contractIds],
    );
    return rows.map((r) => ({
      digest: r.digest,
      value: decode('AuditConcluded', r.value),
      bytes: r.value,
      mandate: r.mandate,
      version: Number(r.version),
    }));
  }

  /** The last verdict on each of these contracts' CHANGE jobs, where it is INCONCLUSIVE. */
  async open(tx: Tx, contractIds: readonly string[]): Promise<OpenAudit[]> {
    if (contractIds.length === 0) return [];
    const rows = await tx.rows<{ value: Buffer }>(
      `SELECT value FROM (SELECT DISTINCT ON (contract_id) verdict, value FROM audits
         WHERE contract_id = ANY ($1::uuid[]) ORDER BY contract_id, version DESC) AS last WHERE verdict = 'INCONCLUSIVE'`,
      [contractIds],
    );
    return rows.map(({ value }) => openAuditOf(decode('AuditConcluded', value), value));
  }

  /** Counts these contracts among the outcomes of their capabilities and change kinds. */
  async countOutcomes(tx: Tx, contracts: readonly Contract[], now: number): Promise<void> {
    const rows = contracts
      .filter((c) => c.status === 'COMPLETED' || c.status === 'FAILED')
      .flatMap((c) => c.terms.plan.changes.map((change) => ({ id: c.terms.contractId, status: c.status, change })));
    if (rows.length === 0) return;
    await tx.run(
      `INSERT INTO outcomes (contract_id, capability, change_kind, outcome, ended_at)
       SELECT i, c, k, o, $5 FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS t (i, c, k, o) ON CONFLICT DO NOTHING`,
      [
        rows.map((r) => r.id),
        rows.map((r) => r.change.capability),
        rows.map((r) => r.change.kind),
        rows.map((r) => r.status),
        now,
      ],
    );
  }
}

export function openAuditOf(value: AuditConcluded, bytes: Buffer): OpenAudit {
  const { contract_id: contractId, job_id: jobId, audit_id: auditId } = value;
  return { contractId, jobId, auditId, auditDigest: sha256(bytes) };
}
