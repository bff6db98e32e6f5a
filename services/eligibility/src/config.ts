import { duration, readConfig } from '@mandate/service-kit';
import { rulesFile } from './adapters/rules.file';

const DAY_MS = 86_400_000;

/** The one reader of the environment; what all services have in common is the kit's. */
export const config = () =>
  readConfig(process.env, {
    /** A YAML file of the rules' parameters (docs/eligibility.md); any other value in it is another `rules_version`. */
    RULES_FILE: rulesFile(),
    /** When a reservation whose contract never appeared is given up. */
    RESERVATION_LAPSE: duration({ min: '1s', max: '30d' }).default(DAY_MS),
    /** How often waiting proposals are looked at. */
    WAITING_POLL: duration({ min: '50ms', max: '1m' }).default(1_000),
  });

export type Config = ReturnType<typeof config>;
export const CONFIG = Symbol('Config');
/** The rules' parameters, one object for the life of the process. */
export const RULES = Symbol('Rules');
