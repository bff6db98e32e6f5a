import { duration, fileContent, integer, readConfig } from '@mandate/service-kit';
import { z } from 'zod';

/** The executor's own variables; the kit's come beside them. The one reader of the environment. */
export const config = () =>
  readConfig(process.env, {
    /** The catalogue to apply at start. */
    CATALOGUE_FILE: z.string(),
    /** Put in place of `${SAMPLE_APP_URL}` in the catalogue's probe addresses. */
    SAMPLE_APP_URL: z.url().optional(),
    /** Bearer token that applications read flags with; without it only this machine may read. */
    OFREP_TOKEN_FILE: fileContent().optional(),
    /** How long a later step waits for health before its job fails. */
    STEP_HEALTH_WAIT: duration({ min: '0s', max: '1h' }).default(60_000),
    /** How often a waiting job looks again. */
    JOB_RECHECK: duration({ min: '20ms', max: '1m' }).default(500),
    ROLLBACK_ATTEMPTS: integer({ min: 1, max: 100 }).default(3),
    /** Before the second attempt; doubled before each further one. */
    ROLLBACK_BACKOFF: duration({ min: '10ms', max: '1h' }).default(5_000),
  });
export type ExecutorConfig = ReturnType<typeof config>;
export const CONFIG = Symbol('ExecutorConfig');
/** Token of the jobs' limits. */
export const LIMITS = Symbol('Limits');
