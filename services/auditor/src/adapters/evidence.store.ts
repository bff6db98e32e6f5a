import { type LinkedName, NIL_ID, SERVICES } from '@mandate/contracts';
import { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';

/** A recorded message. */
export interface EvidenceRow {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly link_digest: Buffer;
  readonly cause_digest: Buffer;
  readonly message_type: LinkedName;
  readonly says: string;
  readonly writer: string;
  readonly key: Buffer;
  readonly version: string;
  readonly time: string;
  readonly issue_id: string;
  readonly contract_id: string | null;
  readonly job_id: string | null;
  readonly registry_version: string | null;
  readonly mandate: Buffer;
  readonly value: Buffer;
}

const CHAIN_HOPS_MAX = 300;
/** Places of the writer and of the cause's digest in a mandate, whose own link comes first (`encodeMandate`, `encodeLink`). */
const WRITER_AT = 4;
const CAUSE_FROM = 152;
/** The evidence with what its log and its mandate say; PostgreSQL makes one plan of it and of what asks. */
const RECORDED = `(SELECT e.*, l.topic, l.partition, substring(e.mandate FROM ${CAUSE_FROM} FOR 32) AS cause_digest,
    (ARRAY['${SERVICES.join("','")}'])[get_byte(e.mandate, ${WRITER_AT}) + 1] AS writer
  FROM evidence e JOIN logs l USING (log))`;
/** As the index says it. */
const HAS_ISSUE = `issue_id <> '${NIL_ID}'`;
const COLUMNS = `topic, partition, "offset", link_digest, cause_digest, message_type, says, writer, key, version, "time", issue_id,
  contract_id, job_id, registry_version, mandate, value`;
const columnsOf = (alias: string): string =>
  COLUMNS.split(',')
    .map((c) => `${alias}.${c.trim()}`)
    .join(', ');

/** Where a row stands. */
export function refOf(row: Pick<EvidenceRow, 'topic' | 'partition' | 'offset'>): string {
  return `${row.topic}/${row.partition}/${row.offset}`;
}

/** Reads everything that was ever said (AUDIT-005); `EvidenceLedger` writes it. */
@Injectable()
export class EvidenceStore {
  /** Rows from these links back, hop by hop, as far as the evidence goes. */
  async chain(tx: Tx, starts: readonly Buffer[]): Promise<EvidenceRow[]> {
    return tx.rows<EvidenceRow>(
      `WITH RECURSIVE chain (link_digest, cause_digest, depth) AS (
         SELECT link_digest, cause_digest, 1 FROM ${RECORDED} AS s WHERE link_digest = ANY ($1::bytea[])
         UNION SELECT e.link_digest, e.cause_digest, c.depth + 1 FROM chain c JOIN ${RECORDED} AS e ON e.link_digest = c.cause_digest WHERE c.depth < $2
       ) SELECT ${columnsOf('e')} FROM ${RECORDED} AS e WHERE link_digest IN (SELECT link_digest FROM chain) ORDER BY "time", version`,
      [starts, CHAIN_HOPS_MAX],
    );
  }

  /** Subjects of these rows of which two different links were said. */
  async equivocated(tx: Tx, rows: readonly EvidenceRow[]): Promise<string[]> {
    const found = await tx.rows<{ message_type: string; version: string }>(
      `SELECT DISTINCT f.message_type, f.version FROM findings f
       JOIN unnest($1::text[], $2::bytea[], $3::bigint[]) AS t (type, key, version)
         ON f.kind = 'EQUIVOCATION' AND f.message_type = t.type AND f.key = t.key AND f.version = t.version`,
      [rows.map((r) => r.message_type), rows.map((r) => r.key), rows.map((r) => r.version)],
    );
    return found.map((f) => `${f.message_type} version ${f.version}`);
  }

  async byLinks(tx: Tx, digests: readonly Buffer[]): Promise<EvidenceRow[]> {
    return tx.rows<EvidenceRow>(`SELECT ${COLUMNS} FROM ${RECORDED} AS e WHERE link_digest = ANY ($1::bytea[])`, [
      digests,
    ]);
  }

  /** Capability changes after the last one before an instant, up to a registry version; and that last one's version. */
  async registry(tx: Tx, before: number, upTo: number): Promise<{ from: number; rows: EvidenceRow[] }> {
    const [first] = await tx.rows<{ v: string | null }>(
      `SELECT registry_version AS v FROM evidence WHERE registry_version IS NOT NULL AND "time" < $1
       ORDER BY registry_version DESC LIMIT 1`,
      [before],
    );
    const from = Number(first?.v ?? 0);
    const rows = await tx.rows<EvidenceRow>(
      `SELECT ${COLUMNS} FROM ${RECORDED} AS e WHERE registry_version > $1 AND registry_version <= $2
       ORDER BY registry_version`,
      [from, upTo],
    );
    return { from, rows };
  }

  async capabilities(
    tx: Tx,
    wanted: readonly { readonly capability: string; readonly version: number }[],
  ): Promise<EvidenceRow[]> {
    return tx.rows<EvidenceRow>(
      `SELECT DISTINCT ON (e.key, e.version) ${columnsOf('e')} FROM ${RECORDED} AS e
       JOIN unnest($1::bytea[], $2::bigint[]) AS t (key, version) ON e.key = t.key AND e.version = t.version
       WHERE e.message_type = 'CapabilityChanged' ORDER BY e.key, e.version, e.recorded_at`,
      [wanted.map((w) => Buffer.from(w.capability)), wanted.map((w) => w.version)],
    );
  }

  /** The jobs that these rows name and a JobChanged of the same contract speaks of, as `job contract`. */
  async knownJobs(tx: Tx, rows: readonly EvidenceRow[]): Promise<ReadonlySet<string>> {
    const named = rows.filter((r) => r.job_id !== null && r.contract_id !== null);
    const found = await tx.rows<{ job_id: string; contract_id: string }>(
      `SELECT DISTINCT job_id, contract_id FROM evidence
       WHERE message_type = 'JobChanged' AND contract_id = ANY ($1::uuid[]) AND job_id = ANY ($2::uuid[])`,
      [named.map((r) => r.contract_id), named.map((r) => r.job_id)],
    );
    return new Set(found.map((r) => `${r.job_id} ${r.contract_id}`));
  }

  /** What was said of scopes from the last word before `from` up to `to`, by scope and version. */
  async health(tx: Tx, scopes: readonly string[], from: number, to: number): Promise<EvidenceRow[]> {
    return tx.rows<EvidenceRow>(
      `SELECT ${columnsOf('e')} FROM unnest($1::bytea[]) AS t (key)
       JOIN ${RECORDED} AS e ON e.message_type = 'HealthChanged' AND e.key = t.key
       WHERE e."time" <= $3 AND e.version >= coalesce((SELECT b.version FROM evidence b
         WHERE b.message_type = 'HealthChanged' AND b.key = t.key AND b."time" <= $2 ORDER BY b.version DESC LIMIT 1), 0)
       ORDER BY e.key, e.version`,
      [scopes.map((s) => Buffer.from(s)), from, to],
    );
  }

  /** All that is recorded about a contract and the issue it came from, in order of time. */
  async ofContract(tx: Tx, contractId: string): Promise<EvidenceRow[]> {
    return tx.rows<EvidenceRow>(
      `SELECT ${COLUMNS} FROM ${RECORDED} AS r WHERE contract_id = $1 OR (contract_id IS NULL AND ${HAS_ISSUE} AND issue_id IN
         (SELECT issue_id FROM evidence WHERE contract_id = $1 AND message_type = 'ContractChanged')) ORDER BY "time", recorded_at, version`,
      [contractId],
    );
  }

  /** Everything that was said about the issue of a contract: all its revisions, whoever spoke of them. In order of time. */
  async lineage(tx: Tx, contractId: string): Promise<EvidenceRow[]> {
    return tx.rows<EvidenceRow>(
      `SELECT ${COLUMNS} FROM ${RECORDED} AS r WHERE ${HAS_ISSUE} AND issue_id IN
         (SELECT issue_id FROM evidence WHERE contract_id = $1 AND message_type = 'ContractChanged')
       ORDER BY "time", recorded_at, topic, partition, "offset"`,
      [contractId],
    );
  }
}
