import { duration, fileContent, integer, readConfig } from '@mandate/service-kit';
import { z } from 'zod';
import { readWebhookTargets, type WebhookTargets } from './adapters/webhook-targets.file';

/** The executor's own variables; the kit's come beside them. The one reader of the environment. */
export const config = () =>
  readConfig(process.env, {
    /** The catalogue to apply at start. */
    CATALOGUE_FILE: z.string(),
    /** Put in place of `${SAMPLE_APP_URL}` in the catalogue's probe addresses. */
    SAMPLE_APP_URL: z.url().optional(),
    /** Bearer token that applications read flags with; without it only this machine may read. */
    OFREP_TOKEN_FILE: fileContent().optional(),
    /** Where capabilities with the driver `webhook` are changed: addresses and secrets by capability. */
    WEBHOOK_TARGETS_FILE: z.string().transform(targetsIn).optional(),
    /** How often a step is sent to a system outside, and looked for, before it is left unclear. */
    OUTSIDE_TRIES: integer({ min: 1, max: 20 }).default(3),
    /** Steps that are being sent to systems outside at a time. */
    OUTSIDE_CALLS_MAX: integer({ min: 1, max: 1_000 }).default(32),
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

function targetsIn(path: string, ctx: z.RefinementCtx): WebhookTargets {
  try {
    return readWebhookTargets(path);
  } catch (error) {
    ctx.addIssue({ code: 'custom', message: `wants a file of webhook targets (${(error as Error).message})` });
    return z.NEVER;
  }
}
