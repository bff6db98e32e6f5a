import { Database, Operators, Problem, ProblemFilter } from '@mandate/service-kit';
import { Controller, Get, Headers, Param, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { type EvidenceRow, EvidenceStore, refOf } from '../adapters/evidence.store';

const id = z.uuid();

/** What is recorded about a contract: every hop, who said what when, citing what, and where it stands. */
@Controller('api/v1/contracts')
@UseFilters(ProblemFilter)
export class ListEvidence {
  constructor(
    private readonly evidence: EvidenceStore,
    private readonly database: Database,
    private readonly operators: Operators,
  ) {}

  @Get(':id/evidence')
  async list(
    @Headers('authorization') authorization: string | undefined,
    @Param('id') contractId: string,
  ): Promise<object> {
    this.operators.authenticate(authorization);
    const isId = id.safeParse(contractId).success;
    const rows = isId ? await this.database.transaction((tx) => this.evidence.ofContract(tx, contractId)) : [];
    if (rows.length === 0) throw new Problem(404, 'NO_SUCH_CONTRACT', 'Nothing is recorded about such a contract.');
    return { contract_id: contractId, hops: rows.map(toHop) };
  }
}

function toHop(row: EvidenceRow): object {
  return {
    message: row.message_type,
    says: row.says,
    writer: row.writer,
    key: row.key.toString(),
    version: Number(row.version),
    at: new Date(Number(row.time)).toISOString(),
    link: row.link_digest.toString('hex'),
    cites: row.cause_digest.toString('hex'),
    recorded: refOf(row),
  };
}
