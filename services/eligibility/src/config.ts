import { DEFAULT_PARAMETERS } from '@mandate/judgement';
import { duration, readConfig } from '@mandate/service-kit';

const DAY_MS = 86_400_000;

/** The one reader of the environment; what all services have in common is the kit's. */
export const config = () =>
  readConfig(process.env, {
    /** E-006: how old a rival still counts; 0s switches the rule off. Changes `rules_version`. */
    RIVAL_WINDOW: duration({ min: '0s', max: '30d' }).default(DEFAULT_PARAMETERS.rival_window_ms),
    /** E-104: how long a proposal waits for a HEALTHY system. Changes `rules_version`. */
    HEALTH_WAIT: duration({ min: '0s', max: '30d' }).default(DEFAULT_PARAMETERS.health_wait_ms_max),
    /** When a reservation whose contract never appeared is given up. */
    RESERVATION_LAPSE: duration({ min: '1s', max: '30d' }).default(DAY_MS),
    /** How often waiting proposals are looked at. */
    WAITING_POLL: duration({ min: '50ms', max: '1m' }).default(1_000),
  });

export type Config = ReturnType<typeof config>;
export const CONFIG = Symbol('Config');
/** The rules' parameters, one object for the life of the process. */
export const RULES = Symbol('Rules');
