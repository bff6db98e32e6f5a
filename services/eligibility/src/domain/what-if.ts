import { type Facts, type JudgedProposal, judgeWith, type RuleParameters, type Verdict } from '@mandate/judgement';

/** A verdict that was given, with what it was given on. */
export interface PastVerdict {
  readonly verdict: 'MAY' | 'MAY_NOT';
  readonly first_failing_rule: string | null;
  readonly proposal: JudgedProposal;
  readonly facts: Facts;
}

/** What draft parameters would have made of a past proposal. */
export interface Flip {
  readonly was: Pick<Verdict, 'verdict' | 'first_failing_rule'>;
  readonly would_be: Pick<Verdict, 'verdict' | 'first_failing_rule'>;
  /** The rules that then fail, with what each needs, or those that no longer do. */
  readonly why: readonly string[];
}

/**
 * Judges a past proposal by draft parameters, on the facts it was judged on. Null: the answer is the same. Each proposal
 * alone: what another flip would have reserved or left free is not followed up. Pure.
 */
export function flipOf(past: PastVerdict, draft: RuleParameters): Flip | null {
  const { verdict, first_failing_rule, rules } = judgeWith(past.proposal, past.facts, draft);
  if (verdict === past.verdict) return null;
  const failing = rules.flatMap(({ id, need }) => (need ? [`${id}: ${need.text}`] : []));
  return {
    was: { verdict: past.verdict, first_failing_rule: past.first_failing_rule },
    would_be: { verdict, first_failing_rule },
    why: verdict === 'MAY' ? [`${past.first_failing_rule ?? 'no rule'} no longer fails`] : failing,
  };
}
