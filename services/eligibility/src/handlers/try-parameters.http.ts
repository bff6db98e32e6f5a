import { parametersFromText, type RuleParameters, ruleSetOf } from '@mandate/judgement';
import { Operators, Problem, ProblemFilter } from '@mandate/service-kit';
import { Body, Controller, Headers, HttpCode, Post, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { RecordedStore, type RecordedVerdict } from '../adapters/recorded.store';
import { toCase } from '../adapters/recorded-verdict.wire';
import { type Flip, flipOf } from '../domain/what-if';
import { nextOf, readPage } from './verdict-page';

const trial = z.object({ parameters: z.string(), after: z.unknown().optional(), limit: z.unknown().optional() });

/** A proposal whose verdict the draft would turn, and how its contract ended. */
type Flipped = Flip &
  Pick<RecordedVerdict, 'issue_id' | 'revision' | 'contract'> & { readonly title: string; readonly reference: string };

/** Operators try draft parameters on past proposals; nothing is written or said. */
@Controller('api/v1/verdicts')
@UseFilters(ProblemFilter)
export class TryParameters {
  constructor(
    private readonly recorded: RecordedStore,
    private readonly operators: Operators,
  ) {}

  /** A page of past proposals judged by the draft: who would flip. */
  @Post('what-if')
  @HttpCode(200)
  async page(@Headers('authorization') authorization: string | undefined, @Body() body: unknown): Promise<object> {
    this.operators.authenticate(authorization);
    const { draft, ...asked } = readTrial(body);
    const { after, limit } = readPage(asked);
    const found: Found = { judged: 0, unreadable: 0, withoutRivals: 0, flips: [], last: undefined };
    for await (const rows of this.recorded.page(after, limit)) for (const row of rows) tryOn(row, draft, found);
    const { version: rules_version } = ruleSetOf(draft);
    const { judged, unreadable, withoutRivals: without_rivals, flips, last } = found;
    return { rules_version, judged, unreadable, without_rivals, flips, next: nextOf(last, judged, limit) };
  }
}

interface Found {
  judged: number;
  unreadable: number;
  withoutRivals: number;
  readonly flips: Flipped[];
  last: RecordedVerdict | undefined;
}

function tryOn(row: RecordedVerdict, draft: RuleParameters, found: Found): void {
  found.judged++;
  found.last = row;
  const past = toCase(row);
  if (!past) {
    found.unreadable++;
    return;
  }
  if (past.facts.rules.parameters.rival_window_ms === 0 && draft.rival_window_ms > 0) found.withoutRivals++;
  const flip = flipOf({ ...row, ...past }, draft);
  const { issue_id, revision, contract } = row;
  const { title, reference } = past;
  if (flip) found.flips.push({ issue_id, revision, title, reference, ...flip, contract });
}

function readTrial(body: unknown): {
  readonly draft: RuleParameters;
  readonly after: unknown;
  readonly limit: unknown;
} {
  const read = trial.safeParse(body);
  if (!read.success)
    throw new Problem(422, 'INVALID', 'parameters must be the text of a parameters file, YAML or JSON.', 'parameters');
  const { parameters, problems } = parametersFromText(read.data.parameters);
  if (!parameters) throw new Problem(422, 'PARAMETERS_UNFIT', problems.join(' '), 'parameters');
  return { draft: parameters, after: read.data.after, limit: read.data.limit };
}
