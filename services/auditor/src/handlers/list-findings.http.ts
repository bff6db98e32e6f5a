import { Database, Operators, ProblemFilter, Tx } from '@mandate/service-kit';
import { Controller, Get, Headers, UseFilters } from '@nestjs/common';
import { type EvidenceRow, EvidenceStore, refOf } from '../adapters/evidence.store';
import { type FindingRow, FindingsStore, sentenceOf } from '../adapters/findings.store';

const SHOWN_MAX = 200;

/** Gaps, forks and equivocations, newest first, each with the records that show it. */
@Controller('api/v1/findings')
@UseFilters(ProblemFilter)
export class ListFindings {
  constructor(
    private readonly findings: FindingsStore,
    private readonly evidence: EvidenceStore,
    private readonly database: Database,
    private readonly operators: Operators,
  ) {}

  @Get()
  async list(@Headers('authorization') authorization: string | undefined): Promise<object> {
    this.operators.authenticate(authorization);
    return this.database.transaction(async (tx) => {
      const rows = await this.findings.newest(tx, SHOWN_MAX);
      const records = await this.recordsOf(tx, rows);
      return { findings: rows.map((row) => toFinding(row, records)) };
    });
  }

  private async recordsOf(tx: Tx, rows: readonly FindingRow[]): Promise<ReadonlyMap<string, EvidenceRow>> {
    const links = rows.flatMap((r) => [r.first_link, r.other_link].filter((link) => link !== null));
    const found = await this.evidence.byLinks(tx, links);
    return new Map(found.map((r) => [r.link_digest.toString('hex'), r]));
  }
}

function toFinding(row: FindingRow, records: ReadonlyMap<string, EvidenceRow>): object {
  const links = [row.first_link, row.other_link].flatMap((link) => link?.toString('hex') ?? []);
  return {
    finding_id: Number(row.finding_id),
    kind: row.kind,
    sentence: sentenceOf(row),
    found_at: new Date(Number(row.found_at)).toISOString(),
    records: links.map((link) => toRecord(link, records.get(link))),
  };
}

function toRecord(link: string, row: EvidenceRow | undefined): object {
  if (!row) return { link };
  return {
    link,
    recorded: refOf(row),
    message: row.message_type,
    says: row.says,
    version: Number(row.version),
    at: new Date(Number(row.time)).toISOString(),
    mandate: row.mandate.toString('base64'),
    value: row.value.toString('base64'),
  };
}
