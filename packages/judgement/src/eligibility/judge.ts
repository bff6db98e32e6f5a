import { canonicalJson, targetsOf } from '@mandate/contracts';
import type { Facts, JudgedProposal, RivalFact, SystemHealth } from './facts';
import { judgeV1 } from './v1/judge';
import { DEFAULT_PARAMETERS, ruleSetOf, rulesVersionOf } from './v1/parameters';
import type { RuleParameters, Verdict } from './verdict';

/**
 * Judges whether a proposal may become a contract. Pure: the same proposal and facts give the same bytes (ELIG-001), by
 * the parameters that are part of the facts. Every rule is evaluated; the first that fails in the spec's order decides,
 * and without a failing rule — and only then — the verdict is MAY (ELIG-003). Never throws: a rule that cannot be
 * evaluated has failed.
 *
 * @param facts from `factsFor`, or read back from the recorded JSON
 * @see spec 1-workflow §6; ELIG-001…005
 */
export function judge(proposal: JudgedProposal, facts: Facts): Verdict {
  return judgeV1(proposal, facts);
}

/**
 * What the same proposal on the same facts would get by other parameters. A recorded rival or wait is judged anew; what
 * was never recorded (a rival older than was looked for) stays unknown. Pure, never throws.
 */
export function judgeWith(proposal: JudgedProposal, facts: Facts, parameters: RuleParameters): Verdict {
  return judgeV1(proposal, { ...facts, rules: ruleSetOf(parameters) });
}

/** What judging again gives; `json` is the RFC 8785 text of the verdict, to be compared with the recorded one's. */
export type Rejudgement =
  | { readonly outcome: 'JUDGED'; readonly facts: Facts; readonly verdict: Verdict; readonly json: string }
  | { readonly outcome: 'UNKNOWN_RULES' }
  | { readonly outcome: 'UNREADABLE_FACTS' };

/**
 * Judges a recorded proposal again, on the recorded facts and by the parameters recorded among them. Never throws.
 *
 * @param factsJson    the facts as recorded (any JSON text of them)
 * @param rulesVersion the `rules_version` of the recorded verdict
 * @param allowed      the parameter sets the caller accepts: a verdict by any other is UNKNOWN_RULES, so that a gate
 *                     run with parameters of its own does not pass for the agreed one; null: by whatever was recorded
 * @see spec 1-workflow §3.3, §8 (the auditor judges the recorded eligibility facts again)
 */
export function judgeAgain(
  factsJson: string,
  proposal: JudgedProposal,
  rulesVersion: string,
  allowed: readonly RuleParameters[] | null = [DEFAULT_PARAMETERS],
): Rejudgement {
  if (allowed && !allowed.some((p) => rulesVersionOf(p) === rulesVersion)) return { outcome: 'UNKNOWN_RULES' };
  try {
    const facts = JSON.parse(factsJson) as Facts;
    if (facts.rules.version !== rulesVersion) return { outcome: 'UNREADABLE_FACTS' };
    const verdict = judgeV1(proposal, facts);
    if (verdict.rules_version !== rulesVersion) return { outcome: 'UNKNOWN_RULES' };
    return {
      ...{ outcome: 'JUDGED', facts, verdict },
      get json() {
        return canonicalJson(verdict);
      },
    };
  } catch {
    return { outcome: 'UNREADABLE_FACTS' };
  }
}

/** Whether proposals wait (spec 1-workflow §6, AM-06): as long as SYSTEM is anything but HEALTHY. */
export function isWaiting(systemHealth: SystemHealth): boolean {
  return systemHealth !== 'HEALTHY';
}

/**
 * Whether a proposal must go on waiting instead of being judged: SYSTEM is not HEALTHY and it has not waited for
 * `health_wait_ms_max` yet. Once this is false the proposal is judged, and E-104 refuses it if SYSTEM is still ill.
 * @param waitingSince when it began to wait; null: it begins now. Epoch milliseconds, as `now`.
 */
export function mustWait(
  systemHealth: SystemHealth,
  waitingSince: number | null,
  now: number,
  parameters: RuleParameters = DEFAULT_PARAMETERS,
): boolean {
  return isWaiting(systemHealth) && now - (waitingSince ?? now) < parameters.health_wait_ms_max;
}

/**
 * The reservations that a MAY makes: one per target, to be stored in its transaction and added to the rivals of every
 * proposal judged after it, in the same batch too.
 * @param now the time of the MAY; epoch milliseconds
 */
export function reservationsOf(proposal: JudgedProposal, now: number): readonly RivalFact[] {
  const { contract_id, issue_id } = proposal;
  const targets = new Set(proposal.suggested_changes.flatMap(targetsOf));
  return [...targets].map((target) => ({ target, contract_id, issue_id, since: now }));
}
