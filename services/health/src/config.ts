import { duration, fileContent, readConfig } from '@mandate/service-kit';
import { z } from 'zod';

export const CONFIG = Symbol('HealthConfig');

/** Health's own variables; the kit reads the others. */
export const config = () =>
  readConfig(process.env, {
    /** YAML with `system_probes`; without one SYSTEM stays UNKNOWN. */
    CATALOGUE_FILE: z.string().optional(),
    /** What `${SAMPLE_APP_URL}` in a probe's address stands for. */
    SAMPLE_APP_URL: z.string().optional(),
    /** Where `promql` probes ask; without it their scopes stay UNKNOWN. */
    PROMETHEUS_URL: z.url({ error: 'wants the URL of a Prometheus server' }).optional(),
    /** A bearer token for it. */
    PROMETHEUS_TOKEN_FILE: fileContent().optional(),
    /** Who may notify of alerts: like OPERATOR_TOKENS_FILE. Without it nobody may. */
    ALERTMANAGER_TOKENS_FILE: z.string().optional(),
    /** How long an alert holds after it was last heard; longer than Alertmanager's `repeat_interval`. */
    ALERT_VALID: duration({ min: '10s', max: '7d' }).default(18_000_000),
    /** How long a change is watched after its job has ended. */
    OBSERVATION_WINDOW: duration({ min: '0s', max: '1h' }).default(60_000),
    /** How often SYSTEM is repeated. */
    HEALTH_REPEAT: duration({ min: '100ms', max: '1m' }).default(10_000),
    /** How long a repeated SYSTEM is valid; readers know nothing past it (HEALTH-001). */
    HEALTH_VALID: duration({ min: '1s', max: '10m' }).default(25_000),
    /** How long single results are kept. */
    OBSERVATIONS_KEPT: duration({ min: '5m', max: '30d' }).default(21_600_000),
    /** How long an evaluation may wait for results that have not settled and messages that are under way. */
    SETTLE_MAX: duration({ min: '0s', max: '5m' }).default(15_000),
  });
export type HealthConfig = ReturnType<typeof config>;
