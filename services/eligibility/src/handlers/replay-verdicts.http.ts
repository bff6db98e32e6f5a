import { Operators, Problem, ProblemFilter } from '@mandate/service-kit';
import { Controller, Get, Headers, Param, Query, UseFilters } from '@nestjs/common';
import { RecordedStore } from '../adapters/recorded.store';
import { type Replayed, replay } from '../adapters/recorded-verdict.wire';
import { nextOf, type PageQuery, readPage } from './verdict-page';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Operators have recorded verdicts judged again from their recorded facts; nothing is written or said (ELIG-001). */
@Controller('api/v1/verdicts')
@UseFilters(ProblemFilter)
export class ReplayVerdicts {
  constructor(
    private readonly recorded: RecordedStore,
    private readonly operators: Operators,
  ) {}

  /** A page of all verdicts: how many were judged again, and each that did not give the same bytes. */
  @Get('replay')
  async all(@Headers('authorization') authorization: string | undefined, @Query() query: PageQuery): Promise<object> {
    this.operators.authenticate(authorization);
    const { after, limit } = readPage(query);
    const replayed: Replayed[] = [];
    for await (const rows of this.recorded.page(after, limit)) replayed.push(...rows.map(replay));
    const different = replayed.filter((r) => !r.is_same);
    return { replayed: replayed.length, different, next: nextOf(replayed.at(-1), replayed.length, limit) };
  }

  /** The verdicts on one issue and its revisions; the id is the or a contract's. */
  @Get(':id/replay')
  async one(
    @Headers('authorization') authorization: string | undefined,
    @Param('id') id: string,
  ): Promise<{ readonly verdicts: readonly Replayed[] }> {
    this.operators.authenticate(authorization);
    const rows = UUID.test(id) ? await this.recorded.of(id) : [];
    if (rows.length === 0) throw new Problem(404, 'NO_VERDICT', 'There is no verdict on this issue or contract.', 'id');
    return { verdicts: rows.map(replay) };
  }
}
