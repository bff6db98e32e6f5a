import { type LinkedName, topicOf } from '@mandate/contracts';
import { type Batch, type Message, Tx } from '@mandate/service-kit';
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

/** Two different links of one type, subject and version. */
export interface Equivocation {
  readonly message_type: string;
  readonly key: Buffer;
  readonly version: string;
  readonly first_link: Buffer;
  readonly other_link: Buffer;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** A value may claim anything; only an id can be looked up. */
const uuidOrNull = (text: string | null | undefined): string | null => (text && UUID.test(text) ? text : null);
const CHAIN_HOPS_MAX = 300;
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

type Claims = {
  readonly contract_id?: string | null;
  readonly job_id?: string | null;
  readonly registry_version?: number;
};

/** Everything that was ever said, append-only (AUDIT-005). */
@Injectable()
export class EvidenceStore {
  /** Records messages, one statement; what is recorded already stays as it is. */
  async append(tx: Tx, { messages: m, now }: Batch<Message<unknown>>): Promise<void> {
    const claims = m.map((x) => x.value as Claims);
    await tx.run(
      `INSERT INTO evidence (${COLUMNS}, recorded_at)
       SELECT *, $18 FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bytea[], $5::bytea[], $6::text[], $7::text[], $8::text[], $9::bytea[],
         $10::bigint[], $11::bigint[], $12::uuid[], $13::uuid[], $14::uuid[], $15::bigint[], $16::bytea[], $17::bytea[])
       ON CONFLICT DO NOTHING`,
      [
        m.map((x) => x.topic),
        m.map((x) => x.partition),
        m.map((x) => x.offset),
        m.map((x) => x.digest),
        m.map((x) => x.link.causeDigest),
        m.map((x) => x.link.type),
        m.map((x) => x.link.says),
        m.map((x) => x.link.writer),
        m.map((x) => x.key),
        m.map((x) => x.link.version),
        m.map((x) => x.link.time),
        m.map((x) => x.link.issueId),
        m.map((x, i) =>
          uuidOrNull(topicOf(x.link.type).key === 'contract' ? x.key.toString() : claims[i]?.contract_id),
        ),
        claims.map((c) => uuidOrNull(c.job_id)),
        m.map((x, i) => (x.link.type === 'CapabilityChanged' ? (claims[i]?.registry_version ?? null) : null)),
        m.map((x) => x.mandate),
        m.map((x) => x.bytes),
        now,
      ],
    );
  }

  /** Finds and keeps equivocations that these messages are part of; returns those not known before. */
  async equivocations(tx: Tx, { messages: m, now }: Batch<Message<unknown>>): Promise<Equivocation[]> {
    return tx.rows<Equivocation>(
      `INSERT INTO equivocations (message_type, key, version, first_link, other_link, found_at)
       SELECT DISTINCT e.message_type, e.key, e.version, least(e.link_digest, t.digest), greatest(e.link_digest, t.digest), $5::bigint
       FROM unnest($1::text[], $2::bytea[], $3::bigint[], $4::bytea[]) AS t (type, key, version, digest)
       JOIN evidence e ON e.message_type = t.type AND e.key = t.key AND e.version = t.version AND e.link_digest <> t.digest
       ON CONFLICT DO NOTHING RETURNING message_type, key, version, first_link, other_link`,
      [m.map((x) => x.link.type), m.map((x) => x.key), m.map((x) => x.link.version), m.map((x) => x.digest), now],
    );
  }

  /** Rows from these links back, hop by hop, as far as the evidence goes. */
  async chain(tx: Tx, starts: readonly Buffer[]): Promise<EvidenceRow[]> {
    return tx.rows<EvidenceRow>(
      `WITH RECURSIVE chain (link_digest, cause_digest, depth) AS (
         SELECT link_digest, cause_digest, 1 FROM evidence WHERE link_digest = ANY ($1::bytea[])
         UNION SELECT e.link_digest, e.cause_digest, c.depth + 1 FROM chain c JOIN evidence e ON e.link_digest = c.cause_digest WHERE c.depth < $2
       ) SELECT ${columnsOf('e')} FROM evidence e WHERE link_digest IN (SELECT link_digest FROM chain) ORDER BY "time", version`,
      [starts, CHAIN_HOPS_MAX],
    );
  }

  /** Subjects of these rows of which two different links were said. */
  async equivocated(tx: Tx, rows: readonly EvidenceRow[]): Promise<string[]> {
    const found = await tx.rows<{ message_type: string; version: string }>(
      `SELECT DISTINCT q.message_type, q.version FROM equivocations q
       JOIN unnest($1::text[], $2::bytea[], $3::bigint[]) AS t (type, key, version) ON q.message_type = t.type AND q.key = t.key AND q.version = t.version`,
      [rows.map((r) => r.message_type), rows.map((r) => r.key), rows.map((r) => r.version)],
    );
    return found.map((f) => `${f.message_type} version ${f.version}`);
  }

  async byLinks(tx: Tx, digests: readonly Buffer[]): Promise<EvidenceRow[]> {
    return tx.rows<EvidenceRow>(`SELECT ${COLUMNS} FROM evidence WHERE link_digest = ANY ($1::bytea[])`, [digests]);
  }

  /** Capability changes after the last one before an instant, up to a registry version; and that last one's version. */
  async registry(tx: Tx, before: number, upTo: number): Promise<{ from: number; rows: EvidenceRow[] }> {
    const [first] = await tx.rows<{ v: string | null }>(
      `SELECT max(registry_version) AS v FROM evidence WHERE message_type = 'CapabilityChanged' AND "time" < $1`,
      [before],
    );
    const from = Number(first?.v ?? 0);
    const rows = await tx.rows<EvidenceRow>(
      `SELECT ${COLUMNS} FROM evidence WHERE message_type = 'CapabilityChanged' AND registry_version > $1 AND registry_version <= $2
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
      `SELECT DISTINCT ON (e.key, e.version) ${columnsOf('e')} FROM evidence e
       JOIN unnest($1::bytea[], $2::bigint[]) AS t (key, version) ON e.key = t.key AND e.version = t.version
       WHERE e.message_type = 'CapabilityChanged' ORDER BY e.key, e.version, e.recorded_at`,
      [wanted.map((w) => Buffer.from(w.capability)), wanted.map((w) => w.version)],
    );
  }

  /** Ids of these jobs that a JobChanged speaks of, as `job contract`. */
  async knownJobs(tx: Tx, jobIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await tx.rows<{ job_id: string; contract_id: string }>(
      `SELECT DISTINCT job_id, contract_id FROM evidence WHERE message_type = 'JobChanged' AND job_id = ANY ($1::uuid[])`,
      [jobIds],
    );
    return new Set(rows.map((r) => `${r.job_id} ${r.contract_id}`));
  }

  /** What was said of scopes from the last word before `from` up to `to`, by scope and version. */
  async health(tx: Tx, scopes: readonly string[], from: number, to: number): Promise<EvidenceRow[]> {
    return tx.rows<EvidenceRow>(
      `SELECT ${columnsOf('e')} FROM unnest($1::bytea[]) AS t (key) JOIN evidence e ON e.message_type = 'HealthChanged' AND e.key = t.key
       WHERE e."time" <= $3 AND e.version >= coalesce((SELECT max(b.version) FROM evidence b
         WHERE b.message_type = 'HealthChanged' AND b.key = t.key AND b."time" <= $2), 0)
       ORDER BY e.key, e.version`,
      [scopes.map((s) => Buffer.from(s)), from, to],
    );
  }

  /** All that is recorded about a contract and the issue it came from, in order of time. */
  async ofContract(tx: Tx, contractId: string): Promise<EvidenceRow[]> {
    return tx.rows<EvidenceRow>(
      `SELECT ${COLUMNS} FROM evidence WHERE contract_id = $1 OR (contract_id IS NULL AND issue_id IN
         (SELECT issue_id FROM evidence WHERE contract_id = $1 AND message_type = 'ContractChanged')) ORDER BY "time", recorded_at, version`,
      [contractId],
    );
  }

  /** Everything that was said about the issue of a contract: all its revisions, whoever spoke of them. In order of time. */
  async lineage(tx: Tx, contractId: string): Promise<EvidenceRow[]> {
    return tx.rows<EvidenceRow>(
      `SELECT ${COLUMNS} FROM evidence WHERE issue_id IN
         (SELECT issue_id FROM evidence WHERE contract_id = $1 AND message_type = 'ContractChanged')
       ORDER BY "time", recorded_at, topic, partition, "offset"`,
      [contractId],
    );
  }
}
