import { canonicalJson } from '@mandate/contracts';
import { type RuleParameters, ruleSetOf } from '@mandate/judgement';
import { CLOCK, type Clock, Database, Tx, UnauthorisedFault } from '@mandate/service-kit';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { RULES } from '../config';
import type { GivenVerdict } from './eligibility-judged.wire';

/** Every verdict ever given, and the parameters that each rules version stands for. */
@Injectable()
export class VerdictStore implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    @Inject(RULES) private readonly parameters: RuleParameters,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Records the parameters this process judges by. */
  async onApplicationBootstrap(): Promise<void> {
    const { version, digest, parameters } = ruleSetOf(this.parameters);
    await this.database.rows(
      `INSERT INTO rule_parameters (rules_version, digest, parameters, first_used_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING`,
      [version, Buffer.from(digest, 'hex'), canonicalJson(parameters), this.clock.now()],
    );
  }

  /** Keeps verdicts, one statement. @throws UnauthorisedFault if one of the proposals was judged before (ELIG-001) */
  async append(tx: Tx, given: readonly GivenVerdict[], now: number): Promise<void> {
    const of = <T>(column: (verdict: GivenVerdict) => T): T[] => given.map(column);
    const failing = given.map(({ verdict }) => verdict.rules.filter((r) => !r.passed));
    const run = tx.run(
      `INSERT INTO verdicts (issue_id, revision, contract_id, verdict, first_failing_rule, failing_rules, needs, facts,
         system_health, frozen, proposal, proposal_digest, plan_digest, verdict_digest, rules_version, registry_version,
         health_version, judged_at)
       SELECT i, r, c, v, f, fr::text[], n, fa, h, fz::text[], p, pd, pl, vd, rv, gv, hv, $18
       FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
         $9::text[], $10::text[], $11::bytea[], $12::bytea[], $13::bytea[], $14::bytea[], $15::text[], $16::bigint[],
         $17::bigint[]) AS t (i, r, c, v, f, fr, n, fa, h, fz, p, pd, pl, vd, rv, gv, hv)`,
      [
        of((g) => g.candidate.value.issue_id),
        of((g) => g.candidate.value.revision),
        of((g) => g.candidate.value.contract_id),
        of((g) => g.verdict.verdict),
        of((g) => g.verdict.first_failing_rule),
        failing.map((rules) => arrayText(rules.map((r) => r.id))),
        failing.map((rules) => canonicalJson(rules.map((r) => r.need))),
        of((g) => g.factsJson),
        of((g) => g.facts.system_health),
        of((g) => arrayText(g.facts.capabilities.filter((c) => c.frozen).map((c) => c.name))),
        of((g) => g.candidate.bytes),
        of((g) => g.candidate.digest),
        of((g) => g.candidate.planDigest),
        of((g) => g.digest),
        of((g) => g.verdict.rules_version),
        of((g) => g.facts.registry_version),
        of((g) => g.facts.health_version),
        now,
      ],
    );
    await run.catch(refuseSecondVerdict);
  }
}

/** PostgreSQL's text of an array of names, since `unnest` would flatten an array of arrays. */
function arrayText(names: readonly string[]): string {
  return `{${names.map((n) => `"${n.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`;
}

/** Two proposals for one issue and revision are an equivocation of the validator: the first verdict stands. */
function refuseSecondVerdict(error: { driverError?: { constraint?: string } }): never {
  if (error.driverError?.constraint !== 'elig_001_one_verdict_per_proposal') throw error;
  throw new UnauthorisedFault('ALREADY_JUDGED', 'another proposal of this issue and revision was judged', {
    cause: error,
  });
}
