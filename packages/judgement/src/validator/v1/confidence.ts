import type { Level } from '@mandate/contracts';
import type { IssueType, RecommendedAction } from '../../proposal';

/** All in hundredths, so that a sum has no rounding of its own. */
const BASE = 50;
const SOURCE_WEIGHT: Readonly<Record<string, number>> = { ops_alert: 20, support_ticket: 10, crm_feedback: 5 };

/** How strongly the text is of its type: the scale of the spec's "strength of classification", 0–30. */
export const STRENGTH = {
  /** The founder's explicit changes. */
  founder: 30,
  /** Everything the text asks for is determined to the value. */
  determined: 30,
  /** The text says in words that it is to be escalated. */
  escalation: 30,
  /** A failure is reported, with the capability that fails. */
  failureLocated: 25,
  /** A request about a known capability that leaves something open. */
  open: 15,
  /** A failure is reported, but of what is not clear. */
  failure: 15,
  /** Only weak words point to the type. */
  weak: 5,
  none: 0,
} as const;

/** What contradictions take away. */
const CONTRADICTED_HINT = 10;
const STALE_CLAIM = 20;

export interface Grounds {
  readonly source: string;
  /** 0–30, from `STRENGTH`. */
  readonly strength: number;
  readonly knownCount: number;
  readonly unknownCount: number;
  readonly contradictedHints: number;
  readonly staleClaims: number;
}

/**
 * The confidence, 0.00–1.00 in two decimals (VAL-003): 0.50 + source weight + strength + capabilities known (all +0.10,
 * some +0.05, none −0.10), less what hints and stated old values contradict.
 * @see spec 1-workflow §5
 */
export function confidenceOf(grounds: Grounds): number {
  const { source, strength, knownCount, unknownCount, contradictedHints, staleClaims } = grounds;
  const weight = Object.hasOwn(SOURCE_WEIGHT, source) ? (SOURCE_WEIGHT[source] as number) : 0;
  const known = knownCount === 0 ? -10 : unknownCount === 0 ? 10 : 5;
  const lost = contradictedHints * CONTRADICTED_HINT + staleClaims * STALE_CLAIM;
  return Math.min(100, Math.max(0, BASE + weight + Math.min(30, Math.max(0, strength)) + known - lost)) / 100;
}

/** The recommended action, in the spec's order (VAL-004: unknown defers; VAL-005: escalation escalates). */
export function actionOf(type: IssueType, severity: Level, confidence: number): RecommendedAction {
  if (type === 'escalation') return 'escalate';
  if (type === 'unknown') return 'defer';
  if (type === 'bug_report' && severity === 'critical') return 'escalate';
  if (confidence < 0.5) return 'defer';
  if (severity === 'low' && confidence < 0.7) return 'reject';
  return 'create_contract';
}
