import { readFileSync } from 'node:fs';
import type { TargetOptions } from './target';

/** What the sample's settings are at its first start. */
export const FIRST_VALUES = {
  parcel_notices: { enabled: true, lifecycle: 'LAUNCHED' },
  'parcel_notices#notices_per_parcel': 3,
  'parcel_notices#quiet_from_hour': 22,
} as const;

/**
 * The sample's options from its environment: HTTP_PORT, HTTP_HOST, SETTINGS_FILE (made at the first change) and
 * WEBHOOK_SECRET_FILE (`whsec_…`).
 * @throws Error saying which variable, and what it wants
 */
export function readOptions(env: NodeJS.ProcessEnv): Omit<TargetOptions, 'now'> {
  const port = Number(env.HTTP_PORT);
  if (!env.HTTP_PORT || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`HTTP_PORT is "${env.HTTP_PORT ?? ''}"; it wants a port number.`);
  const { SETTINGS_FILE: settingsFile, WEBHOOK_SECRET_FILE: secretFile } = env;
  if (!settingsFile) throw new Error('SETTINGS_FILE is not set; it wants the path of the file to keep settings in.');
  if (!secretFile) throw new Error('WEBHOOK_SECRET_FILE is not set; it wants the path of a file that holds whsec_….');
  const secret = Buffer.from(
    readFileSync(secretFile, 'utf8')
      .trim()
      .replace(/^whsec_/, ''),
    'base64',
  );
  return { port, host: env.HTTP_HOST ?? '127.0.0.1', settingsFile, firstValues: FIRST_VALUES, secret };
}
