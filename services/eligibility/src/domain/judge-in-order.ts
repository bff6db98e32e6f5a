import type { Registry } from '@mandate/contracts';
import {
  type Facts,
  factsFor,
  type Healths,
  type JudgedProposal,
  judge,
  type RivalFact,
  type RuleParameters,
  reservationsOf,
  type SignalFact,
  type Verdict,
} from '@mandate/judgement';

/** A proposal whose turn has come. */
export interface Candidate {
  readonly proposal: JudgedProposal;
  /** Since when it waits for a HEALTHY system (epoch milliseconds); null: it did not wait. */
  readonly waitingSince: number | null;
}

/** What the gate knows at this instant. */
export interface Basis {
  readonly registry: Registry;
  readonly healths: Healths;
  /** Governance signals on SYSTEM and the capabilities that are touched. */
  readonly signals: readonly SignalFact[];
  /** Who has taken one of the targets; none where E-006 is off. */
  readonly rivals: readonly RivalFact[];
  readonly now: number;
}

export interface Judgement<C extends Candidate> {
  readonly candidate: C;
  readonly facts: Facts;
  readonly verdict: Verdict;
  /** What a MAY takes; empty for a MAY_NOT. */
  readonly reserved: readonly RivalFact[];
}

/**
 * Judges candidates one after the other: each sees what the MAYs before it have taken, so that of several proposals for
 * one target exactly one may (E-006). Pure; linear in candidates and rivals.
 */
export function judgeInOrder<C extends Candidate>(
  candidates: readonly C[],
  { registry, healths, signals, rivals, now }: Basis,
  parameters: RuleParameters,
): readonly Judgement<C>[] {
  const taken = new Map<string, readonly RivalFact[]>();
  const take = (rival: RivalFact): void => {
    const others = (taken.get(rival.target) ?? []).filter((r) => r.issue_id !== rival.issue_id);
    taken.set(rival.target, [...others, rival]);
  };
  for (const rival of rivals) take(rival);
  return candidates.map((candidate) => {
    const { proposal, waitingSince } = candidate;
    const wanted = reservationsOf(proposal, now);
    const met = wanted.flatMap(({ target }) => taken.get(target) ?? []);
    const facts = factsFor(proposal, registry, healths, signals, met, now, waitingSince, parameters);
    const verdict = judge(proposal, facts);
    const reserved = verdict.verdict === 'MAY' ? wanted : [];
    // Where the rule is off nobody is anybody's rival: noting them all would only swell the facts.
    if (parameters.rival_window_ms > 0) for (const reservation of reserved) take(reservation);
    return { candidate, facts, verdict, reserved };
  });
}
