import type { Facts, JudgedProposal } from '../facts';
import type { Rule, RuleParameters, RuleResult, Verdict } from '../verdict';
import { concreteChange } from './change.rule';
import {
  actionable,
  capabilitiesExist,
  confidentEnough,
  criticalIsForHumans,
  noRival,
  notFrozen,
  nothingBlocks,
  sourceAllowed,
  waitedTooLong,
} from './gate.rules';
import { rulesVersionOf } from './parameters';

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
export function judgeV1(proposal: JudgedProposal, facts: Facts, parameters: RuleParameters): Verdict {
  const rules = RULES.map((rule) => resultOf(rule, proposal, facts, parameters));
  const failed = rules.filter((rule) => !rule.passed);
  const helps = failed.length > 0 && failed.every((rule) => rule.need?.retry_helps === true);
  const times = failed.flatMap((rule) => (rule.need?.retry_at == null ? [] : [rule.need.retry_at]));
  return {
    verdict: failed.length === 0 ? 'MAY' : 'MAY_NOT',
    first_failing_rule: failed[0]?.id ?? null,
    rules,
    retry: { helps, at: helps && times.length > 0 ? Math.max(...times) : null },
    rules_version: rulesVersionOf(parameters),
  };
}

/** A rule that cannot be evaluated has failed (ELIG-003); the words are fixed, so that every engine says the same. */
function resultOf(rule: Rule, proposal: JudgedProposal, facts: Facts, parameters: RuleParameters): RuleResult {
  try {
    if (rule.test(proposal, facts, parameters)) return { id: rule.id, passed: true, need: null };
    return { id: rule.id, passed: false, need: rule.need(proposal, facts, parameters) };
  } catch {
    const text = `rule ${rule.id} could not be evaluated on these facts`;
    const need = { text, fact: 'facts', have: null, want: null, retry_at: null, retry_helps: false };
    return { id: rule.id, passed: false, need };
  }
}
