import { DEFAULT_PARAMETERS } from '@mandate/judgement';
import { duration, readConfig } from '@mandate/service-kit';

export const CONFIG = Symbol('AuditorConfig');

/** The auditor's own variables; the kit reads the others. */
export const config = () =>
  readConfig(process.env, {
    /** How long an audit waits for its evidence to be complete. */
    AUDIT_WAIT: duration({ min: '0s', max: '1h' }).default(300_000),
    /** When an INCONCLUSIVE is tried once more. */
    AUDIT_RETRY: duration({ min: '100ms', max: '1h' }).default(30_000),
    /** When an INCONCLUSIVE that nobody resolved becomes a FAIL (AM-14). */
    INCONCLUSIVE_MAX: duration({ min: '1s', max: '30d' }).default(7 * 86_400_000),
    /** As eligibility has them: rules with other parameters are not taken for the agreed ones. */
    RIVAL_WINDOW: duration({ min: '0s', max: '30d' }).default(DEFAULT_PARAMETERS.rival_window_ms),
    HEALTH_WAIT: duration({ min: '0s', max: '30d' }).default(DEFAULT_PARAMETERS.health_wait_ms_max),
  });
export type AuditorConfig = ReturnType<typeof config>;
