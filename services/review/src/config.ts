import { duration, readConfig } from '@mandate/service-kit';
import { z } from 'zod';

const shape = {
  /** Whose tokens count. Without it nobody is let in. */
  OIDC_ISSUER: z.url({ error: 'wants the URL of an OpenID provider' }).optional(),
  OIDC_AUDIENCE: z.string().min(1).default('mandate-review'),
  /** How long an action waits for the contract service before it answers 202. */
  ACTION_WAIT: duration({ min: '0ms', max: '10s' }).default(2_000),
  /** `loopback`: a page that can only be read, without sign-in, for this machine alone. */
  READ_ONLY_PAGE: z.enum(['off', 'loopback']).default('off'),
};

/** The service's own variables; the kit reads the rest. @throws ConfigError naming what is wrong */
export const config = () => readConfig(process.env, shape);
export type Config = ReturnType<typeof config>;
export const CONFIG = Symbol('Config');
