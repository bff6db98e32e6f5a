import type { LinkedName } from '@mandate/contracts';
import { idsOfKey, LOGGER, Metrics, Tx } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Counter } from 'prom-client';
import type { Finding } from '../domain/ledger';

/** A finding as it is kept. */
export interface FindingRow {
  readonly finding_id: string;
  readonly kind: Finding['kind'];
  readonly topic: string;
  readonly partition: number;
  readonly message_type: LinkedName | null;
  readonly key: Buffer | null;
  readonly version: string | null;
  readonly from_offset: string | null;
  readonly to_offset: string | null;
  readonly first_link: Buffer | null;
  readonly other_link: Buffer | null;
  readonly found_at: string;
}

type Fields = Omit<FindingRow, 'finding_id' | 'found_at' | 'version' | 'from_offset' | 'to_offset'> & {
  readonly version: number | null;
  readonly from_offset: number | null;
  readonly to_offset: number | null;
};

/** What the evidence shows that must not be: kept once, counted, and logged for whoever is on duty. */
@Injectable()
export class FindingsStore {
  private readonly counter: Counter;

  constructor(
    metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.counter = metrics.counter(
      'mandate_findings_total',
      'Gaps, forks and equivocations in what was said, by kind; each wants a look',
      ['kind'],
    );
    for (const kind of ['GAP', 'FORK', 'EQUIVOCATION']) this.counter.inc({ kind }, 0);
  }

  /** Keeps those that are not known yet, and alerts on them. */
  async keep(tx: Tx, findings: readonly Finding[], now: number): Promise<void> {
    if (findings.length === 0) return;
    const f = findings.map(fieldsOf);
    const rows = await tx.rows<FindingRow>(
      `INSERT INTO findings (kind, topic, partition, message_type, key, version, from_offset, to_offset, first_link, other_link, found_at)
       SELECT *, $11::bigint FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::bytea[], $6::bigint[], $7::bigint[],
         $8::bigint[], $9::bytea[], $10::bytea[])
       ON CONFLICT DO NOTHING RETURNING *`,
      [
        f.map((x) => x.kind),
        f.map((x) => x.topic),
        f.map((x) => x.partition),
        f.map((x) => x.message_type),
        f.map((x) => x.key),
        f.map((x) => x.version),
        f.map((x) => x.from_offset),
        f.map((x) => x.to_offset),
        f.map((x) => x.first_link),
        f.map((x) => x.other_link),
        now,
      ],
    );
    for (const row of rows) {
      this.counter.inc({ kind: row.kind });
      const links = [row.first_link, row.other_link].flatMap((link) => link?.toString('hex') ?? []);
      this.logger.error({ kind: row.kind, finding: row.finding_id, links, ...idsOfKey(row) }, sentenceOf(row));
    }
  }

  /** Newest first. */
  async newest(tx: Tx, limit: number): Promise<FindingRow[]> {
    return tx.rows<FindingRow>('SELECT * FROM findings ORDER BY finding_id DESC LIMIT $1', [limit]);
  }
}

/** What a finding means, for whoever reads the log. */
export function sentenceOf(row: FindingRow): string {
  const where = `${row.topic}/${row.partition}`;
  const what = row.message_type === null ? '' : `${row.message_type} of ${row.key?.toString()}`;
  if (row.kind === 'EQUIVOCATION')
    return `equivocation: two different messages were said as version ${row.version} of ${what}`;
  if (row.kind === 'FORK') return `fork: ${where}/${row.from_offset} held another message when it was first read`;
  if (row.message_type !== null)
    return `gap: nobody has heard version ${row.version} of ${what}, on which ${where} goes on`;
  return `gap: offsets ${row.from_offset} to ${row.to_offset} of ${where} were passed over, and nothing was set aside there`;
}

const NOTHING = {
  message_type: null,
  key: null,
  version: null,
  from_offset: null,
  to_offset: null,
  first_link: null,
  other_link: null,
};

function fieldsOf(finding: Finding): Fields {
  const place = { ...NOTHING, kind: finding.kind, topic: finding.topic, partition: finding.partition };
  if (finding.kind === 'EQUIVOCATION') {
    const { said, other } = finding;
    const links = [said.digest, other.digest].sort(Buffer.compare);
    return {
      ...place,
      message_type: other.type,
      key: other.key,
      version: other.version,
      first_link: links[0] as Buffer,
      other_link: links[1] as Buffer,
    };
  }
  if (finding.kind === 'FORK') {
    const { first, other } = finding;
    return {
      ...place,
      from_offset: other.offset,
      to_offset: other.offset,
      first_link: first,
      other_link: other.digest,
    };
  }
  if ('after' in finding) {
    const { type, key, fromVersion, digest } = finding.after;
    return { ...place, message_type: type, key, version: fromVersion, other_link: digest };
  }
  return { ...place, from_offset: finding.from, to_offset: finding.to };
}
