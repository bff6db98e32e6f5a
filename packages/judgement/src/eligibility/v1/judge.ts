import type { Facts, JudgedProposal } from '../facts';
import type { Rule, RuleResult, RuleSet, Verdict } from '../verdict';
import { concreteChange } from './change.rule';
import {
  actionable,
  capabilitiesExist,
  confidentEnough,
  criticalIsForHumans,
  notFrozen,
  sourceAllowed,
  waitedTooLong,
} from './gate.rules';
import { lasting, UnusableFact } from './need';
import { ruleSetOf } from './parameters';
import { noRival } from './rival.rule';
import { nothingBlocks } from './signal.rule';

/** The spec's order: the first that fails decides (1-workflow §6). */
export const RULES: readonly Rule[] = Object.freeze([
  waitedTooLong,
  criticalIsForHumans,
  notFrozen,
  confidentEnough,
  capabilitiesExist,
  nothingBlocks,
  actionable,
  sourceAllowed,
  noRival,
  concreteChange,
]);

/** Judges by the first version of the rules; see `judge`. */
export function judgeV1(proposal: JudgedProposal, facts: Facts): Verdict {
  const set = ruleSetIn(facts);
  const rules = RULES.map((rule) => resultOf(rule, proposal, facts, set));
  const failed = rules.filter((rule) => !rule.passed);
  const helps = failed.length > 0 && failed.every((rule) => rule.need?.retry_helps === true);
  const times = failed.flatMap((rule) => (rule.need?.retry_at == null ? [] : [rule.need.retry_at]));
  return {
    verdict: failed.length === 0 ? 'MAY' : 'MAY_NOT',
    first_failing_rule: failed[0]?.id ?? null,
    rules,
    retry: { helps, at: helps && times.length > 0 ? Math.max(...times) : null },
    rules_version: set?.version ?? 'unknown',
    rules_digest: set?.digest ?? 'unknown',
  };
}

/** Computed from the parameters: what the facts claim of version and digest is not believed. */
function ruleSetIn(facts: Facts): RuleSet | null {
  try {
    return ruleSetOf(facts.rules.parameters);
  } catch {
    return null;
  }
}

/** A rule that cannot be evaluated has failed (ELIG-003), and the verdict says why. */
function resultOf(rule: Rule, proposal: JudgedProposal, facts: Facts, set: RuleSet | null): RuleResult {
  try {
    if (set === null) throw new UnusableFact('they do not say the parameters to judge by');
    if (rule.test(proposal, facts, set.parameters)) return { id: rule.id, passed: true, need: null };
    return { id: rule.id, passed: false, need: rule.need(proposal, facts, set.parameters) };
  } catch (error) {
    const text = `rule ${rule.id} could not be evaluated on these facts: ${reasonOf(error)}`;
    return { id: rule.id, passed: false, need: lasting(text) };
  }
}

/** An engine's own message differs from version to version; the kind of error does not. */
function reasonOf(error: unknown): string {
  if (error instanceof UnusableFact) return error.message;
  return error instanceof Error ? error.name : 'an error of no kind';
}
