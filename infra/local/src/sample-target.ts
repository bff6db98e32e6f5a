import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Part } from './parts';
import { repositoryDir } from './paths';
import { writePrivateFile } from './secrets';
import type { StackFiles } from './stack-files';

/** The files of the sample system that is changed by webhook: its own, and what the executor is told of it. */
export const sampleTargetFiles = ({ dataDir }: Pick<StackFiles, 'dataDir'>) => ({
  secret: join(dataDir, 'sample-target', 'webhook.secret'),
  settings: join(dataDir, 'sample-target', 'settings.json'),
  webhookTargets: join(dataDir, 'access', 'webhook-targets.json'),
});

/** How the executor reaches the sample system. */
export interface SampleTargetPlace {
  /** Its origin. */
  readonly url: string;
  /** The secret's file as the executor finds it. */
  readonly secretFile: string;
  /** The ranges that it may be in. */
  readonly allowedAddresses: readonly string[];
}

/** On this machine; nothing but this address of it may be called. */
export const sampleTargetHere = (files: Pick<StackFiles, 'dataDir'>, port: number): SampleTargetPlace => ({
  url: `http://127.0.0.1:${port}`,
  secretFile: sampleTargetFiles(files).secret,
  allowedAddresses: ['127.0.0.1/32'],
});

/** Makes the secret that both sides sign with, once, and tells the executor where the system is. */
export function ensureSampleTarget(files: Pick<StackFiles, 'dataDir'>, place: SampleTargetPlace): void {
  const { secret, webhookTargets } = sampleTargetFiles(files);
  if (!existsSync(secret)) writePrivateFile(secret, `whsec_${randomBytes(32).toString('base64')}\n`);
  const parcelNotices = {
    url: `${place.url}/hooks/mandate`,
    secret_file: place.secretFile,
    allow_http: true,
    allowed_addresses: place.allowedAddresses,
  };
  writePrivateFile(webhookTargets, `${JSON.stringify({ parcel_notices: parcelNotices }, null, 2)}\n`);
}

/** The sample system as a part of the stack. */
export function sampleTargetPart(files: Pick<StackFiles, 'dataDir'>, port: number): Part {
  const { secret, settings } = sampleTargetFiles(files);
  return {
    name: 'sample-target',
    program: join(repositoryDir, 'infra/sample-target/dist/main.js'),
    env: { HTTP_PORT: String(port), SETTINGS_FILE: settings, WEBHOOK_SECRET_FILE: secret },
    probe: 'tcp',
  };
}
