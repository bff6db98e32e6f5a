import type { Registry } from '@mandate/contracts';
import {
  factsFor,
  type Healths,
  judge,
  mustWait,
  type Proposal,
  type RivalFact,
  type RuleParameters,
  riskOf,
  type SignalFact,
  type UndoStep,
  undoOf,
  type Verdict,
} from '@mandate/judgement';

/** What would become of an issue. */
export interface Foretold {
  /** WAITS: it would be held until SYSTEM is HEALTHY. */
  readonly outcome: 'MAY' | 'MAY_NOT' | 'WAITS';
  readonly sentence: string;
  /** By the facts as they are now; of one that waits, E-104 fails until SYSTEM is HEALTHY. */
  readonly verdict: Verdict;
  /** What a founder would be shown; null if no contract would come of it. */
  readonly contract: { readonly risk_level: string; readonly undo: readonly UndoStep[] } | null;
}

export interface PresentFacts {
  readonly registry: Registry;
  readonly healths: Healths;
  readonly signals: readonly SignalFact[];
  readonly rivals: readonly RivalFact[];
  readonly now: number;
}

/** Says what would become of a proposal now, by the very functions that would decide; reserves and says nothing. Pure. */
export function foretell(
  proposal: Proposal & { readonly source: string; readonly issue_id: string },
  { registry, healths, signals, rivals, now }: PresentFacts,
  parameters: RuleParameters,
): Foretold {
  const judged = { ...proposal, contract_id: null, revision: 0 };
  const facts = factsFor(judged, registry, healths, signals, rivals, now, null, parameters);
  const verdict = judge(judged, facts);
  const waits = mustWait(healths.system_health, null, now, parameters);
  const failing = verdict.rules.filter((r) => !r.passed && !(waits && r.id === 'E-104'));
  const contract = failing.length > 0 ? null : contractOf(proposal, registry);
  const outcome = waits ? 'WAITS' : verdict.verdict;
  return { outcome, sentence: sentenceOf(proposal, verdict, outcome, contract), verdict, contract };
}

function contractOf({ severity, suggested_changes: changes }: Proposal, registry: Registry): Foretold['contract'] {
  return { risk_level: riskOf(severity, changes, registry), undo: undoOf(changes, registry) };
}

function sentenceOf(
  { severity, recommended_action: action }: Proposal,
  { rules }: Verdict,
  outcome: Foretold['outcome'],
  contract: Foretold['contract'],
): string {
  const failing = rules.filter((r) => !r.passed && !(outcome === 'WAITS' && r.id === 'E-104')).map((r) => r.id);
  const isSeen = severity === 'critical' || action === 'escalate' || action === 'defer';
  const end = contract
    ? `become a contract of ${contract.risk_level} risk, which a founder decides on`
    : `be refused by ${failing.join(', ')}${isSeen ? ' and shown to a human' : ''}`;
  if (outcome !== 'WAITS') return `It would ${end}.`;
  return `It would wait until SYSTEM is HEALTHY, and then ${end}.`;
}
