import { Controller, Get, Headers, Param, UseFilters } from '@nestjs/common';
import { IntakeTokens } from '../adapters/intake-tokens';
import { Problem, ProblemFilter, unauthorized } from '../adapters/problem';
import { ToldStore } from '../adapters/told.store';
import { isProgress } from '../domain/told';

@Controller('api/v1')
@UseFilters(ProblemFilter)
export class ReadReference {
  constructor(
    private readonly told: ToldStore,
    private readonly tokens: IntakeTokens,
  ) {}

  /** Everything told about a reference, newest first, with the state its newest issue is in. Only to its own source system. */
  @Get('references/:source_system/:reference')
  async read(
    @Param('source_system') sourceSystem: string,
    @Param('reference') reference: string,
    @Headers('authorization') authorization: string | undefined,
  ): Promise<object> {
    const own = this.tokens.sourceSystemOf(authorization);
    if (own === null) throw unauthorized();
    if (own !== sourceSystem)
      throw new Problem(403, 'SOURCE_SYSTEM_NOT_YOURS', 'Not yours', `This token speaks for ${own} only.`);
    const of = { sourceSystem, reference };
    const updates = isStorable(reference) ? await this.told.updates(of) : [];
    const newest = updates.find(isProgress) ?? updates[0];
    if (!newest)
      throw new Problem(
        404,
        'REFERENCE_UNKNOWN',
        'Unknown reference',
        'Nothing was received or told under this reference.',
      );
    const issues = await this.told.issues(of);
    const { state, code, sentence, at } = newest;
    const issue_ids = issues.map((i) => i.issue_id);
    return { source_system: sourceSystem, reference, state, code, sentence, since: at, issue_ids, issues, updates };
  }
}

/** What PostgreSQL cannot hold was never received. */
const isStorable = (text: string): boolean => !/[\p{Cc}\p{Surrogate}]/u.test(text);
