import { newId } from '@mandate/contracts';
import {
  ISSUE_SOURCES,
  type Proposal,
  type RuleParameters,
  reservationsOf,
  VALIDATOR_VERSION,
  validate,
} from '@mandate/judgement';
import { CLOCK, type Clock, Database, Operators, Problem, ProblemFilter, Reference } from '@mandate/service-kit';
import { Body, Controller, Headers, HttpCode, Inject, Post, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { governanceSignals } from '../adapters/health-changed.wire';
import { ReservationStore } from '../adapters/reservation.store';
import { RULES } from '../config';
import { foretell } from '../domain/dry-run';

const text = (max: number) =>
  z.string().refine((value) => [...value].length <= max, { error: `may have at most ${max} characters` });

/** The fields of a CrmIssue that are judged, with the intake's limits; identity and repetition are the intake's alone. */
const draft = z
  .object({
    source: z.enum(ISSUE_SOURCES, { error: `must be one of ${ISSUE_SOURCES.join(', ')}` }),
    subject: text(200).default(''),
    body: text(10_000).default(''),
    hint_severity: text(100).nullish(),
    hint_capabilities: text(2_000).nullish(),
    hint_change: text(2_000).nullish(),
  })
  .refine(({ subject, body }) => `${subject}${body}`.trim() !== '', {
    error: 'or subject must say something',
    path: ['body'],
  });

/** Operators ask what would become of an issue now. The registry, health and reservations are read; nothing is written. */
@Controller('api/v1/dry-run')
@UseFilters(ProblemFilter)
export class DryRunIssue {
  constructor(
    private readonly reference: Reference,
    private readonly reservations: ReservationStore,
    private readonly database: Database,
    private readonly operators: Operators,
    @Inject(RULES) private readonly rules: RuleParameters,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(200)
  async foretell(@Headers('authorization') authorization: string | undefined, @Body() body: unknown): Promise<object> {
    this.operators.authenticate(authorization);
    const { source, subject, body: words, ...hints } = readDraft(body);
    const now = this.clock.now();
    if (!(await this.reference.isSeeded())) {
      throw new Problem(503, 'NOT_READY', 'The registry is not known here yet; ask again once this service is ready.');
    }
    const issue_id = newId(now);
    const registry = await this.reference.registry();
    const capabilities = hints.hint_capabilities?.split(',').map((name) => name.trim()) ?? [];
    const proposal = validate(
      {
        ...{ issue_id, source, subject, body: words },
        hints: {
          severity: hints.hint_severity ?? null,
          capabilities: capabilities.filter((name) => name !== ''),
          change: hints.hint_change ?? null,
        },
      },
      registry,
    );
    const facts = { registry, now, ...(await this.presentFacts(proposal, issue_id, now)) };
    const foretold = foretell({ ...proposal, source, issue_id }, facts, this.rules);
    return {
      ...foretold,
      proposal,
      as_of: {
        now,
        registry_version: registry.registry_version,
        health_version: facts.healths.health_version,
        system_health: facts.healths.system_health,
        rules_version: foretold.verdict.rules_version,
        validator_version: VALIDATOR_VERSION,
      },
    };
  }

  private async presentFacts(proposal: Proposal, issue_id: string, now: number) {
    const health = await this.reference.health(now);
    const wanted = reservationsOf({ ...proposal, source: '', issue_id, contract_id: null, revision: 0 }, now);
    const targets = wanted.map((r) => r.target);
    const isOff = this.rules.rival_window_ms === 0;
    return {
      healths: { health_version: health.healthVersion, system_health: health.stateOf('SYSTEM') },
      signals: governanceSignals(health, proposal.affected_capabilities),
      rivals: isOff ? [] : await this.reservations.rivals(this.database, targets),
    };
  }
}

function readDraft(body: unknown): z.output<typeof draft> {
  const read = draft.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const field = String(issue?.path[0] ?? 'body');
  throw new Problem(422, 'ISSUE_UNFIT', `${field} ${issue?.message}.`, field);
}
