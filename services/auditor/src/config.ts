import { duration, readConfig } from '@mandate/service-kit';
import { rulesFiles } from './adapters/rules.files';

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
    /** How often the auditor signs how far its evidence goes. */
    CHECKPOINT_EVERY: duration({ min: '100ms', max: '1h' }).default(60_000),
    /**
     * The files of rule parameters that eligibility was or is run with, with commas between; the defaults are always
     * accepted. A verdict by any other rules is not taken for the agreed one.
     */
    RULES_FILES: rulesFiles(),
  });
export type AuditorConfig = ReturnType<typeof config>;
