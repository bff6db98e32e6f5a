import type { Audit } from './audit';
import type { Result } from './check';

/** How far the audit of a job's end has come. */
export interface CaseState {
  readonly attempts: number;
  readonly isClosed: boolean;
  /** A job or rollback that FAILED: its verdict is FAIL, without retry (AM-11). */
  readonly hasFailed: boolean;
  readonly receivedAt: number;
  /** Until when the founder may resolve what could not be told; null before they are asked. */
  readonly resolveBy: number | null;
  /** A founder has attested checks since the last attempt. */
  readonly isAnswered: boolean;
}

/** Periods in milliseconds. */
export interface AuditPeriods {
  readonly waitMs: number;
  readonly retryMs: number;
  readonly inconclusiveMs: number;
}

/** What happens to a case now. */
export type CaseDecision =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'wait'; readonly until: number }
  | {
      readonly kind: 'conclude';
      readonly verdict: Result;
      readonly isFinal: boolean;
      readonly reason: string;
      /** When the case is looked at again; null: it is closed. */
      readonly nextAt: number | null;
      readonly resolveBy: number | null;
    };

const LOOK_AGAIN_MS = [50, 100, 200, 500, 1_000] as const;
const FAILED_WAIT_MS_MAX = 10_000;

/**
 * Decides a case that is due: wait for evidence, conclude, try an INCONCLUSIVE once more, ask the founder, look again with
 * what the founder attested (AM-04), and after the longest time say FAIL (AM-14). What was concluded stays: a FAIL is never turned into a PASS (AUDIT-004).
 *
 * @param missing what the evidence still lacks, as far as it can be known
 */
export function decideCase(
  state: CaseState,
  audit: Audit,
  missing: readonly string[],
  periods: AuditPeriods,
  now: number,
): CaseDecision {
  if (state.isClosed) return { kind: 'nothing' };
  if (state.resolveBy !== null) return decideAsked(state.resolveBy, state.isAnswered, audit, now);
  const waited = now - state.receivedAt;
  const waitMs = state.hasFailed ? Math.min(periods.waitMs, FAILED_WAIT_MS_MAX) : periods.waitMs;
  if (state.attempts === 0 && missing.length > 0 && waited < waitMs) {
    const pause = LOOK_AGAIN_MS.find((ms) => ms * 10 > waited) ?? 1_000;
    return { kind: 'wait', until: now + pause };
  }
  const { verdict, reason } = audit;
  if (verdict !== 'INCONCLUSIVE') return closing(verdict, reason);
  const isRetried = state.attempts > 0;
  const nextAt = now + (isRetried ? periods.inconclusiveMs : periods.retryMs);
  return { kind: 'conclude', verdict, isFinal: isRetried, reason, nextAt, resolveBy: isRetried ? nextAt : null };
}

/** The founder has been asked: only their word, or the end of their time, changes anything. */
function decideAsked(resolveBy: number, isAnswered: boolean, audit: Audit, now: number): CaseDecision {
  const { verdict, reason } = audit;
  if (isAnswered && verdict !== 'INCONCLUSIVE') return closing(verdict, reason);
  if (now >= resolveBy) return closing('FAIL', `nobody resolved what could not be told: ${reason}`);
  if (!isAnswered) return { kind: 'wait', until: resolveBy };
  return { kind: 'conclude', verdict, isFinal: true, reason, nextAt: resolveBy, resolveBy };
}

function closing(verdict: Result, reason: string): CaseDecision {
  return { kind: 'conclude', verdict, isFinal: true, reason, nextAt: null, resolveBy: null };
}
