import type { Level } from '@mandate/contracts';
import type { IssueType, RecommendedAction } from '../../proposal';

/** All in hundredths, so that a sum has no rounding of its own. */
const BASE = 50;
const SOURCE_WEIGHT: Readonly<Record<string, number>> = { ops_alert: 20, support_ticket: 10, crm_feedback: 5 };

/**
 * What a type rests on: everything is determined, words beside a known name, words alone, nothing asked (beside a name,
 * or without one), no English.
 */
export interface Ground {
  readonly kind: 'determined' | 'named' | 'worded' | 'named_unknown' | 'unknown' | 'foreign';
  /** How far the model's best type is ahead of the second. */
  readonly margin: number;
}

/** The founder's explicit changes. */
export const FOUNDER_STRENGTH = 30;

/**
 * The scale of the spec's "strength of classification", 0–30 hundredths: by what the type rests on, from which margin on.
 * Set so that the confidence is how often the type is right.
 */
const STRENGTHS: Readonly<Record<Ground['kind'], readonly (readonly [marginMin: number, strength: number])[]>> = {
  determined: [[0, 30]],
  named: [
    [400, 30],
    [300, 27],
    [200, 22],
    [150, 12],
    [100, 5],
    [0, 0],
  ],
  worded: [
    [150, 30],
    [100, 27],
    [50, 20],
    [0, 9],
  ],
  named_unknown: [
    [300, 30],
    [200, 25],
    [150, 12],
    [100, 5],
    [0, 0],
  ],
  unknown: [
    [200, 30],
    [150, 22],
    [100, 18],
    [50, 5],
    [0, 0],
  ],
  foreign: [[0, 30]],
};

export function strengthOf({ kind, margin }: Ground): number {
  return STRENGTHS[kind].find(([marginMin]) => margin >= marginMin)?.[1] ?? 0;
}

/** What contradictions take away. */
const CONTRADICTED_HINT = 10;
/** Enough to keep the verdict under the gate's threshold, whatever the source. */
const STALE_CLAIM = 45;

export interface Grounds {
  readonly source: string;
  /** 0–30, from `strengthOf`. */
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
