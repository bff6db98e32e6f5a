import { duration, integer, readConfig } from '@mandate/service-kit';
import type { Limits } from './domain/facts';
import type { ReviewPeriods } from './domain/ttl';

const DAY_MS = 86_400_000;

/** Variables of this service beside the kit's; all have defaults. Periods are counted on the kit's clock. */
export const config = () =>
  readConfig(process.env, {
    REVIEW_TTL: duration({ min: '1s', max: '90d' }).default(7 * DAY_MS),
    REVIEW_WARNING: duration({ min: '1s', max: '90d' }).default(5 * DAY_MS),
    REVIEW_ESCALATION: duration({ min: '1s', max: '90d' }).default(6 * DAY_MS),
    CLARIFICATION_PAUSE_MAX: duration({ min: '1s', max: '90d' }).default(14 * DAY_MS),
    CLARIFICATION_PAUSES_MAX: duration({ min: '1s', max: '365d' }).default(28 * DAY_MS),
    WINDOW_GRACE: duration({ max: '1h' }).default(60_000),
    WINDOW_AHEAD_MAX: duration({ min: '1m', max: '365d' }).default(30 * DAY_MS),
    WINDOW_LENGTH_MAX: duration({ min: '1m', max: '90d' }).default(7 * DAY_MS),
    ACTIVATION_POLL: duration({ min: '50ms', max: '1m' }).default(500),
    ROLLBACK_ATTEMPTS_MAX: integer({ min: 1, max: 20 }).default(3),
    OUTCOMES_PERIOD: duration({ min: '1h', max: '365d' }).default(30 * DAY_MS),
    STUCK_AFTER: duration({ min: '1s', max: '7d' }).default(20 * 60_000),
  });

export type ContractConfig = ReturnType<typeof config>;
export const CONTRACT_CONFIG = Symbol('ContractConfig');

export function periodsOf(c: ContractConfig): ReviewPeriods {
  return {
    ttlMs: c.REVIEW_TTL,
    warningMs: c.REVIEW_WARNING,
    escalationMs: c.REVIEW_ESCALATION,
    pauseMsMax: c.CLARIFICATION_PAUSE_MAX,
    pausesMsMax: c.CLARIFICATION_PAUSES_MAX,
  };
}

export function limitsOf(c: ContractConfig): Limits {
  return {
    windowGraceMs: c.WINDOW_GRACE,
    windowAheadMsMax: c.WINDOW_AHEAD_MAX,
    windowLengthMsMax: c.WINDOW_LENGTH_MAX,
    rollbackAttemptsMax: c.ROLLBACK_ATTEMPTS_MAX,
  };
}
